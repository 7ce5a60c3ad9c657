import { describe, expect, it } from 'vitest';
import { macAt, sizeOfRange } from './mac-pool.ts';

const POOL = { from: '02:00:00:00:00:fe', to: '02:00:00:00:01:01' };
const ALL = ['02:00:00:00:00:fe', '02:00:00:00:00:ff', '02:00:00:00:01:00', '02:00:00:00:01:01'];

describe('a range of MAC addresses', () => {
  it('has every address between its ends, across bytes', () => {
    expect(Array.from({ length: sizeOfRange(POOL) }, (_, place) => macAt(POOL, place))).toEqual(ALL);
  });

  it('is gone round from any place', () => {
    expect([2, 3, 4, 5].map((place) => macAt(POOL, place))).toEqual([ALL[2], ALL[3], ALL[0], ALL[1]]);
  });

  it('can be one address', () => expect(macAt({ from: '02:00:00:00:00:fe', to: '02:00:00:00:00:fe' }, 7)).toBe(ALL[0]));

  it('can be the largest there is without losing a bit', () => {
    const most = { from: '00:00:00:00:00:01', to: 'fe:ff:ff:ff:ff:ff' };
    expect(macAt(most, sizeOfRange(most) - 1)).toBe(most.to);
  });
});
