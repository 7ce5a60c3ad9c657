import { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { expect, it } from 'vitest';
import { claimed, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import type { Ledger } from './ledger.ts';
import { leftoversCleaned } from './leftovers-cleaned.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const FENCE = { pciAddress: '0000:41:10.2', fence: 4, claimId: null };
const FREE = sampleLedger({ vfs: [sampleVf(0), sampleVf(1)] });

it('tells a VF that nobody claimed and that was cleaned', () => {
  const notes = leftoversCleaned(told(FREE, [FENCE]), told(FREE, []), NOW);
  expect(AuditNote.array().parse(notes)).toEqual([
    {
      action: 'cleanVf',
      target: '/api/hosts/h1/nics/pci_0000_41_10_2',
      outcome: 'done',
      codes: ['NOT_CLEANED'],
      detail:
        '0000:41:10.2 of host alpha was prepared with fence 4, and no claim answered for it. It was left behind, and is clean now.',
      at: NOW,
    },
  ]);
});

it.each<[string, Ledger, Ledger]>([
  ['one that is not clean yet', told(FREE, [FENCE]), told(FREE, [FENCE])],
  ['one whose claim ended with it, as it should', told(claimed(FREE), [FENCE]), told(FREE, [])],
])('tells nothing of %s', (_, before, after) => {
  expect(leftoversCleaned(before, after, NOW)).toEqual([]);
});

function told(ledger: Ledger, uncleaned: NonNullable<Ledger['domains']>['uncleaned']): Ledger {
  return { ...ledger, domains: { boot: 1, sequence: 1, machineBoot: 'm1', takenAt: NOW, domains: [], uncleaned } };
}
