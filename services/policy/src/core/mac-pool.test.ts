import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFree, type MacRange, macAt, roundFrom, sizeOfRange } from './mac-pool.ts';

const POOL = { from: '02:00:00:00:00:fe', to: '02:00:00:00:01:01' };
const ALL = ['02:00:00:00:00:fe', '02:00:00:00:00:ff', '02:00:00:00:01:00', '02:00:00:00:01:01'];

describe('a range of MAC addresses', () => {
  it('has every address between its ends, across bytes', () => {
    expect(Array.from({ length: sizeOfRange(POOL) }, (_, place) => macAt(POOL, place))).toEqual(ALL);
  });

  it('can be the largest there is without losing a bit', () => {
    const most = { from: '00:00:00:00:00:01', to: 'fe:ff:ff:ff:ff:ff' };
    expect(macAt(most, sizeOfRange(most) - 1)).toBe(most.to);
  });

  it.each([
    [0, [POOL]],
    [
      2,
      [
        { from: ALL[2], to: ALL[3] },
        { from: ALL[0], to: ALL[1] },
      ],
    ],
    [
      3,
      [
        { from: ALL[3], to: ALL[3] },
        { from: ALL[0], to: ALL[2] },
      ],
    ],
  ])('is gone round from place %i', (place, parts) => expect(roundFrom(POOL, place)).toEqual(parts));
});

describe('the first free address', () => {
  it.each([
    ['is the first of all when a later one is taken', [ALL[2]], { free: ALL[0] }],
    ['is behind those that are taken', [ALL[0], ALL[1], ALL[3]], { free: ALL[2] }],
    ['is not sought below the range', ['02:00:00:00:00:01', ALL[1]], { free: ALL[0] }],
    ['is before those above the range', ['02:00:00:00:ff:ff'], { free: ALL[0] }],
    ['is yet to be found behind the last that was read', [ALL[0], ALL[1]], { left: { ...POOL, from: ALL[2] } }],
    ['is yet to be found when nothing was read', [], { left: POOL }],
    ['is not there when all are taken', ALL, null],
  ])('%s', (_, taken, outcome) => expect(firstFree(POOL, taken as string[])).toEqual(outcome));

  it('is never a taken one and never behind another free one, however the taken ones are paged', () => {
    const places = fc.uniqueArray(fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 5 }), (taken, pageSize) => {
        const range = { from: '02:00:00:00:00:f0', to: '02:00:00:00:01:0e' };
        const macs = taken.toSorted((one, other) => one - other).map((place) => macAt(range, place));
        const free = Array.from({ length: 31 }, (_, place) => place).find((place) => !taken.includes(place));
        expect(walk(range, macs, pageSize)).toBe(free === undefined ? null : macAt(range, free));
      }),
    );
  });
});

function walk(range: MacRange, macs: readonly string[], pageSize: number): string | null {
  let left = range;
  for (let start = 0; ; start += pageSize) {
    const page = macs.slice(start, start + pageSize);
    const found = firstFree(left, page);
    if (found === null) return null;
    if ('free' in found) return found.free;
    left = found.left;
    if (page.length < pageSize) return left.from;
  }
}
