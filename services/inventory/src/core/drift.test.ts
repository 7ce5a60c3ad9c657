import { settle, wantNext } from '@vfleet/contracts/desired-state';
import { expect, it } from 'vitest';
import { sampleConfig, sampleVf } from '../testing/sample-ledger.ts';
import { driftOf, withDrift } from './drift.ts';
import type { LedgerVfsConfig } from './ledger.ts';

const NOW = '2026-01-02T00:00:00.000Z';
const LATER = '2026-01-03T00:00:00.000Z';
const TWO = [sampleVf(0), sampleVf(1)];
const WANTED = wantNext(sampleConfig().desired, { numOfVfs: 4, mtu: null, allNetworksAllowed: null });
const APPLIED = settle(WANTED, { generation: 1, result: 'applied', failure: null, existing: 4, at: NOW });
/** Four VFs are in force, two are there. */
const OTHER = { desired: APPLIED, appliedNumOfVfs: 4, persisted: 4, vfs: TWO };
const STUCK = { since: NOW, from: 4, to: 2, holder: 'pid 7' };

type Row = [given: string, change: Partial<LedgerVfsConfig>, drift: { wanted: number; existing: number } | null];

it.each<Row>([
  ['nothing was ever wanted', { vfs: TWO }, null],
  ['the number in force exists', { ...OTHER, appliedNumOfVfs: 2, persisted: 2 }, null],
  ['fewer exist', OTHER, { wanted: 4, existing: 2 }],
  ['more exist (F38)', { ...OTHER, appliedNumOfVfs: 1, persisted: 1 }, { wanted: 1, existing: 2 }],
  ['none exists after a boot whose restore failed (F50, F52)', { ...OTHER, vfs: [] }, { wanted: 4, existing: 0 }],
  ['only the host knows a number, in a new ledger (F52)', { persisted: 4, vfs: [] }, { wanted: 4, existing: 0 }],
  ['the ledger knows a newer number than the host keeps', { ...OTHER, persisted: 2 }, { wanted: 4, existing: 2 }],
  [
    'a change is open',
    { ...OTHER, desired: wantNext(APPLIED, { numOfVfs: 2, mtu: null, allNetworksAllowed: null }) },
    null,
  ],
  ['its agent works on it', { ...OTHER, changingOnHost: true }, null],
  ['its change is stuck', { ...OTHER, stuck: STUCK }, null],
  ['it is missing', { ...OTHER, vfs: [], missingSince: NOW }, null],
  ['its driver is still to come (F13, F48)', { ...OTHER, vfs: [], driver: null }, null],
  [
    'a VF is without driver for a while (F13)',
    { ...OTHER, vfs: [...TWO, sampleVf(2, { driver: null }), sampleVf(3)] },
    null,
  ],
  [
    'the last change failed and was taken back',
    { ...OTHER, desired: failed(), appliedNumOfVfs: 2, persisted: 2 },
    null,
  ],
  ['a change failed and could not be taken back', { ...OTHER, desired: failed() }, { wanted: 4, existing: 2 }],
])('drift: %s', (_, change, drift) => {
  expect(driftOf(withDrift(sampleConfig(change), NOW))).toEqual(drift && { ...drift, since: NOW });
});

it('is told since it was first seen, and no more once it is gone', () => {
  const seen = withDrift(sampleConfig(OTHER), NOW);
  expect(driftOf(withDrift({ ...seen, vfs: [sampleVf(0)] }, LATER))).toEqual({ wanted: 4, existing: 1, since: NOW });
  const cured = withDrift({ ...seen, appliedNumOfVfs: 2 }, LATER);
  expect(cured.driftSince).toBeNull();
  expect(driftOf(withDrift({ ...cured, vfs: [] }, LATER))?.since).toBe(LATER);
});

it('is not told while a repair is open', () => {
  const seen = withDrift(sampleConfig(OTHER), NOW);
  expect(
    driftOf({ ...seen, desired: wantNext(APPLIED, { numOfVfs: 4, mtu: null, allNetworksAllowed: null }) }),
  ).toBeNull();
});

function failed(): LedgerVfsConfig['desired'] {
  const failure = { code: 'EIO', cause: 'The card failed.', remedy: 'Replace it.' };
  const next = wantNext(APPLIED, { numOfVfs: 6, mtu: null, allNetworksAllowed: null });
  return settle(next, { generation: 2, result: 'failed', failure, existing: 2, at: NOW });
}
