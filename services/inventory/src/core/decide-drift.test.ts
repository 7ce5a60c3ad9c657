import { settle, wantNext } from '@vfleet/contracts/desired-state';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { claimed, sampleConfig, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import { decideAdoption, decideRepair } from './decide-drift.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';
import { unsettledWants } from './unsettled.ts';

const AT = '2026-01-02T00:00:00.000Z';
const REF = { nic: 'ens11', vfsConfig: 'vfsConfig' };
const TWO = [sampleVf(0), sampleVf(1)];
const WANTED = wantNext(sampleConfig().desired, { numOfVfs: 4, mtu: null, allNetworksAllowed: null });
const APPLIED = settle(WANTED, { generation: 1, result: 'applied', failure: null, existing: 4, at: AT });
const STUCK = { since: AT, from: 4, to: 2, holder: 'pid 7' };
/** Four VFs are in force, two are there. */
const DRIFTED = { desired: APPLIED, appliedNumOfVfs: 4, persisted: 4, vfs: TWO, driftSince: AT };
const OPEN = { ...DRIFTED, desired: wantNext(APPLIED, { numOfVfs: 6, mtu: null, allNetworksAllowed: null }) };
const ERROR = { device: null, field: null, detail: 'no sysfs' };

type Row = [
  given: string,
  change: Partial<LedgerVfsConfig>,
  of: (ledger: Ledger) => Ledger,
  repair: string[],
  adopt: string[],
];
const as = (ledger: Ledger) => ledger;

describe('what is refused', () => {
  it.each<Row>([
    ['drift', DRIFTED, as, [], []],
    ['the number in force exists', { ...DRIFTED, appliedNumOfVfs: 2 }, as, ['NO_DRIFT'], ['NO_DRIFT']],
    ['nothing was ever wanted', { vfs: TWO }, as, ['NO_DRIFT'], ['NO_DRIFT']],
    ['a change is open', OPEN, as, ['NO_DRIFT'], ['NO_DRIFT']],
    ['its agent works on it', { ...DRIFTED, changingOnHost: true }, as, ['NO_DRIFT'], ['NO_DRIFT']],
    ['a VF is claimed', DRIFTED, claimed, ['ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED'], []],
    ['it is stuck', { ...DRIFTED, stuck: STUCK }, as, ['PF_STUCK'], ['PF_STUCK']],
    ['it is missing', { ...DRIFTED, vfs: [], missingSince: AT }, as, ['PF_MISSING'], ['PF_MISSING']],
    ['it has no driver', { ...DRIFTED, driver: null }, as, [], ['EXISTING_VFS_NOT_KNOWN']],
    [
      'the host could not be read',
      DRIFTED,
      (ledger) => ({ ...ledger, reportError: ERROR }),
      [],
      ['EXISTING_VFS_NOT_KNOWN'],
    ],
    [
      'its card takes fewer now',
      { ...DRIFTED, maximum: 3 },
      as,
      ['ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE'],
      [],
    ],
  ])('%s', (_, change, of, repair, adopt) => {
    expect([
      codesOf(decideRepair, of(sampleLedger(change))),
      codesOf(decideAdoption, of(sampleLedger(change))),
    ]).toEqual([repair, adopt]);
  });

  it('says why there is no drift', () => {
    const detailOf = (change: Partial<LedgerVfsConfig>) => {
      const decision = decideRepair(sampleLedger(change), REF, around());
      return decision.ok ? undefined : decision.refusals[0]?.detail;
    };
    expect([detailOf({ ...DRIFTED, appliedNumOfVfs: 2 }), detailOf({}), detailOf(OPEN)]).toEqual([
      'ens11 has the 2 virtual functions that are in force.',
      'No number of virtual functions was ever set on ens11.',
      'A change of ens11 is under way.',
    ]);
  });

  it('names what holds VFs, as a change does', () => {
    const decision = decideRepair(claimed(sampleLedger(DRIFTED)), REF, around());
    expect(decision).toMatchObject({ refusals: [{ detail: expect.stringContaining('virtual machine vm-1, nic1') }] });
  });
});

describe('what is wanted then', () => {
  it.each<[string, typeof decideRepair, Partial<LedgerVfsConfig>, number]>([
    ['a repair wants what is in force', decideRepair, DRIFTED, 4],
    ['and not what failed since', decideRepair, { ...DRIFTED, desired: failed() }, 4],
    ['and not fewer than there are', decideRepair, { ...DRIFTED, appliedNumOfVfs: 1 }, 1],
    ['in a new ledger it wants what the host keeps', decideRepair, { persisted: 3, vfs: TWO }, 3],
    ['an adoption wants what exists', decideAdoption, DRIFTED, 2],
    ['and of all, that none does', decideAdoption, { ...DRIFTED, vfs: [] }, 0],
    ['a number that had failed becomes the wanted one', decideAdoption, { ...DRIFTED, desired: failed() }, 2],
  ])('%s', (_, decide, change, numOfVfs) => {
    const before = sampleLedger(change);
    const decision = decide(before, REF, around());
    const generation = (before.vfsConfigs[0]?.desired.generation ?? 0) + 1;
    expect(decision).toMatchObject({
      ...{ ok: true, change: 'generation' },
      config: {
        desired: { generation, want: { numOfVfs } },
        revision: 2,
        appliedNumOfVfs: change.appliedNumOfVfs ?? null,
      },
    });
  });
});

function codesOf(decide: typeof decideRepair, ledger: Ledger): string[] {
  const decision = decide(ledger, REF, around());
  return decision.ok ? [] : decision.refusals.map(({ code }) => code);
}

function around() {
  return { known: knownNetworks(), hash: (text: string) => text };
}

function failed(): LedgerVfsConfig['desired'] {
  const failure = { code: 'EIO', cause: 'The card failed.', remedy: 'Replace it.' };
  const next = wantNext(APPLIED, { numOfVfs: 2, mtu: null, allNetworksAllowed: null });
  return settle(next, { generation: 2, result: 'failed', failure, existing: 2, at: AT });
}

it('has the host adopt only what was seen, and repair whatever it finds', () => {
  const guardOf = (decide: typeof decideRepair) => {
    const decision = decide(sampleLedger(DRIFTED), REF, around());
    return decision.ok && unsettledWants(decision.ledger);
  };
  expect([guardOf(decideAdoption), guardOf(decideRepair)]).toMatchObject([
    [{ numOfVfs: 2, onlyIfExisting: 2 }],
    [{ numOfVfs: 4, onlyIfExisting: null }],
  ]);
});

it('repairs with the MTU in force, and not with one that failed since', () => {
  const failure = { code: 'MTU_REFUSED', cause: 'too much', remedy: 'less' };
  const next = wantNext(APPLIED, { numOfVfs: 4, mtu: 9500, allNetworksAllowed: null });
  const desired = settle(next, { generation: 2, result: 'failed', failure, existing: 4, at: AT });
  const wanted = [null, 9000].map((appliedMtu) => {
    const repaired = decideRepair(sampleLedger({ ...DRIFTED, desired, appliedMtu }), REF, around());
    return repaired.ok && repaired.config.desired.want;
  });
  expect(wanted).toMatchObject([
    { numOfVfs: 4, mtu: null },
    { numOfVfs: 4, mtu: 9000 },
  ]);
});

it('adopts an MTU that was lowered with the number, which disturbs no VF in use', () => {
  const want = { numOfVfs: 4, mtu: 9000, allNetworksAllowed: null };
  const ledger = claimed(sampleLedger({ ...DRIFTED, desired: { ...APPLIED, want }, appliedMtu: 9000 }));
  const adopted = decideAdoption(ledger, REF, { known: knownNetworks(), hash: (text) => text });
  expect(adopted).toMatchObject({ ok: true, config: { desired: { want: { numOfVfs: 2, mtu: 1500 } } } });
});
