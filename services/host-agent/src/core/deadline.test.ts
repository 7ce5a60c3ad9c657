import { expect, it } from 'vitest';
import { deadlineMs } from './deadline.ts';

it.each([
  { driver: 'igb', vfs: 7, overrideMs: null, expected: 44_000 },
  { driver: 'i40e', vfs: 64, overrideMs: null, expected: 158_000 },
  { driver: 'ixgbe', vfs: 63, overrideMs: null, expected: 312_000 },
  { driver: 'mlx5_core', vfs: 125, overrideMs: null, expected: 560_000 },
  { driver: null, vfs: 0, overrideMs: null, expected: 30_000 },
  { driver: 'constructor', vfs: 1, overrideMs: null, expected: 32_000 },
  { driver: 'ixgbe', vfs: 63, overrideMs: 5_000, expected: 5_000 },
])('F10: gives $driver with $vfs VFs $expected ms', ({ expected, ...asked }) => {
  expect(deadlineMs(asked)).toBe(expected);
});

it.each([
  { driver: 'i40e', vfs: 64, tookMs: 22_000 },
  { driver: 'ixgbe', vfs: 32, tookMs: 3_000 },
  { driver: 'mlx5_core', vfs: 125, tookMs: 65_000 },
])('F10: outlasts what $driver was seen to take', ({ driver, vfs, tookMs }) => {
  expect(deadlineMs({ driver, vfs, overrideMs: null })).toBeGreaterThan(2 * tookMs);
});
