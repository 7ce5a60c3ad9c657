import { describe, expect, it } from 'vitest';
import { type Fault, type FaultInput, faultsOf } from './faults.ts';

const PF = '0000:05:00.0';
const struckBy = (fault: FaultInput, writes: readonly number[], pf = PF) => {
  const faults = faultsOf([]);
  faults.add(fault);
  return writes.map((count) => faults.strike(pf, count).length);
};

describe('a fault strikes', () => {
  it.each([
    { name: 'the next write', writes: {}, expected: [1, 0, 0, 0] },
    { name: 'the first write of its count', writes: { count: 4 }, expected: [0, 1, 0, 0] },
    { name: 'after some went by', writes: { skip: 2 }, expected: [0, 0, 1, 0] },
    { name: 'as often as told', writes: { times: 3 }, expected: [1, 1, 1, 0] },
    { name: 'always', writes: { times: null }, expected: [1, 1, 1, 1] },
    { name: 'a later write of its count', writes: { count: 4, skip: 1 }, expected: [0, 0, 0, 1] },
  ])('$name', ({ writes, expected }) => {
    expect(struckBy({ kind: 'errno', pf: PF, errno: 'EIO', writes }, [0, 4, 0, 4])).toEqual(expected);
  });

  it('only its own PF', () => {
    expect(struckBy({ kind: 'hang', pf: PF }, [4], '0000:05:00.1')).toEqual([0]);
  });
});

it('is there until it is taken away', () => {
  const faults = faultsOf([]);
  const end = faults.add({ kind: 'netdev-never', pf: PF, vf: 1 });
  expect(faults.of('netdev-never', PF)).toHaveLength(1);
  expect(faults.of('netdev-never', '0000:05:00.1')).toEqual([]);
  end();
  expect(faults.of('netdev-never', PF)).toEqual([]);
});

it('is refused when it is none', () => {
  expect(() => faultsOf([]).add({ kind: 'errno', pf: PF, errno: 'oops' } as Fault)).toThrow();
});
