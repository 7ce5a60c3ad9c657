import { expect, it } from 'vitest';
import { sampleLedger } from '../testing/sample-ledger.ts';
import type { Ledger } from './ledger.ts';
import { takeProvenClean } from './take-proven-clean.ts';

const FENCE = { pciAddress: '0000:41:10.0', fence: 4, claimId: null };
const OTHER = { pciAddress: '0000:41:10.2', fence: 2, claimId: 'c2' };

it.each<[string, number, unknown[]]>([
  ['its own fence', 4, [OTHER]],
  ['a later one', 5, [OTHER]],
  ['an earlier one, which says nothing of the later use', 3, [FENCE, OTHER]],
])('a VF is clean with %s', (_, fence, left) => {
  expect(takeProvenClean(told(), [{ pciAddress: FENCE.pciAddress, fence }]).domains?.uncleaned).toEqual(left);
});

it('leaves a ledger alone that knows of no such fences', () => {
  const known = told();
  expect(takeProvenClean(known, [{ pciAddress: '0000:41:10.4', fence: 9 }])).toBe(known);
  const ledger = sampleLedger();
  expect(takeProvenClean(ledger, [FENCE])).toBe(ledger);
});

function told(): Ledger {
  const origin = { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: '2026-01-01T00:00:00.000Z' };
  return { ...sampleLedger(), domains: { ...origin, domains: [], uncleaned: [FENCE, OTHER] } };
}
