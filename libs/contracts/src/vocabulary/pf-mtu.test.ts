import { describe, expect, it } from 'vitest';
import { mtuToSet } from './pf-mtu.ts';

describe('the MTU a change sets on a PF', () => {
  it.each([
    { name: 'none when the PF is left alone', of: { wanted: null, existing: 1500, inForce: 9000 }, sets: null },
    { name: 'none when it has it', of: { wanted: 9000, existing: 9000, inForce: null }, sets: null },
    { name: 'the wanted one when the PF has less', of: { wanted: 9000, existing: 1500, inForce: 9000 }, sets: 9000 },
    { name: 'a lower one that is newly wanted', of: { wanted: 1500, existing: 9000, inForce: 9000 }, sets: 1500 },
    {
      name: 'F34: none when it was raised above the one in force',
      of: { wanted: 9000, existing: 9216, inForce: 9000 },
      sets: null,
    },
    { name: 'the wanted one when none can be read', of: { wanted: 9000, existing: null, inForce: 9000 }, sets: 9000 },
  ])('$name', ({ of, sets }) => expect(mtuToSet(of)).toBe(sets));
});
