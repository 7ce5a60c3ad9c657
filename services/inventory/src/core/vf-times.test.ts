import { describe, expect, it } from 'vitest';
import { estimateSeconds } from './vf-times.ts';

describe('how long a change takes, about', () => {
  it.each([
    ['igb', 0, 7, 2.3],
    ['ixgbe', 0, 32, 3],
    ['i40e', 0, 64, 22],
    ['mlx5_core', 0, 4, 1.6],
    ['mlx5_core', 0, 8, 2.6],
    ['mlx5_core', 0, 16, 4.5],
    ['mlx5_core', 0, 125, 65],
  ])('%s from %d to %d: as measured', (driver, from, to, measured) => {
    const estimate = estimateSeconds({ driver, from, to, setsMtu: false });
    expect(estimate).toBeGreaterThan(measured * 0.75);
    expect(estimate).toBeLessThan(measured * 1.25);
  });

  it('counts the removal of what exists before', () => {
    const made = estimateSeconds({ driver: 'igb', from: 0, to: 7, setsMtu: false });
    const removed = estimateSeconds({ driver: 'igb', from: 7, to: 0, setsMtu: false });
    expect(removed).toBeGreaterThanOrEqual(1);
    expect(estimateSeconds({ driver: 'igb', from: 7, to: 7, setsMtu: false })).toBe(0);
    expect(estimateSeconds({ driver: 'igb', from: 4, to: 7, setsMtu: false })).toBeGreaterThan(made);
  });

  it('counts the second in which the port is down for another MTU', () => {
    expect(estimateSeconds({ driver: 'igb', from: 7, to: 7, setsMtu: true })).toBe(1);
    const alone = estimateSeconds({ driver: 'igb', from: 0, to: 7, setsMtu: false });
    expect(estimateSeconds({ driver: 'igb', from: 0, to: 7, setsMtu: true })).toBeCloseTo(alone + 1);
  });

  it.each([null, 'qede'])('has an estimate for any driver: %s', (driver) => {
    expect(estimateSeconds({ driver, from: 2, to: 8, setsMtu: false })).toBeGreaterThan(0);
  });
});
