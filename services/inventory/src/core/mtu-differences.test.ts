import { nothingWanted, wantNext } from '@vfleet/contracts/desired-state';
import { describe, expect, it } from 'vitest';
import { sampleLedger } from '../testing/sample-ledger.ts';
import { withDifferences } from './differences.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';

const NOW = '2026-01-03T00:00:00.000Z';
const OPEN = wantNext(nothingWanted<NonNullable<LedgerVfsConfig['desired']['want']>>(), {
  numOfVfs: 0,
  mtu: 9000,
  allNetworksAllowed: null,
});

function at(mtu: number, config: Partial<LedgerVfsConfig>): Ledger {
  const ledger = sampleLedger(config);
  return { ...ledger, nics: ledger.nics.map((nic) => (nic.vfsConfigId === null ? nic : { ...nic, mtu })) };
}

describe('the MTU of a PF against the one in force', () => {
  it('is told when it is lower, with what to do', () => {
    expect(withDifferences(at(1500, { appliedMtu: 9000 }), NOW).differences).toMatchObject([
      {
        code: 'PF_MTU_TOO_LOW',
        pciAddress: '0000:41:00.0',
        text: expect.stringMatching(/ens11.*1500.*9000/),
        since: NOW,
      },
    ]);
  });

  it.each<[string, number, Partial<LedgerVfsConfig>]>([
    ['F34: higher', 9216, { appliedMtu: 9000 }],
    ['the same', 9000, { appliedMtu: 9000 }],
    ['left alone', 1500, { appliedMtu: null }],
    ['on its way', 1500, { appliedMtu: 9000, desired: OPEN }],
    ['on its way, by what its agent says', 1500, { appliedMtu: 9000, changingOnHost: true }],
    ['of a missing PF', 1500, { appliedMtu: 9000, missingSince: NOW }],
  ])('is no difference when it is %s', (_, mtu, config) => {
    expect(withDifferences(at(mtu, config), NOW).differences).toEqual([]);
  });
});
