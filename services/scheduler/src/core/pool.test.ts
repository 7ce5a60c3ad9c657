import { describe, expect, it } from 'vitest';
import { pool } from './pool.ts';

describe('a pool', () => {
  it('gives one value to all who take an equal one', () => {
    const colours = pool<{ name: string }>();
    const red = colours.take('red', () => ({ name: 'red' }));
    expect(colours.take('red', () => ({ name: 'another red' }))).toBe(red);
    expect(colours.take('blue', () => ({ name: 'blue' })).id).not.toBe(red.id);
    expect(colours.size()).toBe(2);
  });

  it('forgets a value with its last holder, and never gives its id again', () => {
    const colours = pool<{ name: string }>();
    const red = colours.take('red', () => ({ name: 'red' }));
    colours.take('red', () => ({ name: 'red' }));
    colours.drop(red);
    expect(colours.size()).toBe(1);
    colours.drop(red);
    expect(colours.size()).toBe(0);
    expect(colours.take('red', () => ({ name: 'red' })).id).not.toBe(red.id);
  });

  it('does not take back what nobody holds', () => {
    const colours = pool<{ name: string }>();
    const red = colours.take('red', () => ({ name: 'red' }));
    colours.drop(red);
    expect(() => colours.drop(red)).toThrow('nobody holds');
  });
});
