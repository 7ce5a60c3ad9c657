import { settle, wantNext } from '@vfleet/contracts/desired-state';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { sampleConfig, sampleLedger, sampleVf } from '../testing/sample-ledger.ts';
import type { LedgerVfsConfig } from './ledger.ts';
import { generationOutcome, vfsConfigView } from './vfs-config-view.ts';

const AT = '2026-01-01T00:00:00.000Z';
const OPEN = wantNext(sampleConfig().desired, { numOfVfs: 2, mtu: null, allNetworksAllowed: null });
const FAILURE = { code: 'EIO', cause: 'The card failed.', remedy: 'Replace it.' };
const APPLIED = settle(OPEN, { generation: 1, result: 'applied', failure: null, existing: 2, at: AT });
const FAILED = settle(OPEN, { generation: 1, result: 'failed', failure: FAILURE, existing: 0, at: AT });
const STUCK = { since: AT, from: 2, to: 0, holder: '0000:41:10.0 is open by qemu (pid 7)' };
const WARNING = 'Another card is at this address.';

function viewOf(change: Partial<LedgerVfsConfig>, status: 'up' | 'down' = 'up') {
  const ledger = sampleLedger(change);
  const [config] = ledger.vfsConfigs;
  if (!config) throw new Error('no config');
  return vfsConfigView({ ...ledger, connection: { ...ledger.connection, status } }, config, knownNetworks());
}

it.each<[string, Partial<LedgerVfsConfig>]>([
  ['unmanaged', {}],
  ['changing', { desired: OPEN }],
  ['ready', { desired: APPLIED }],
  ['failed', { desired: FAILED }],
  ['stuck', { desired: OPEN, stuck: STUCK }],
  ['missing', { desired: APPLIED, missingSince: AT, stuck: STUCK }],
])('the state is %s', (state, change) => {
  expect(viewOf(change).state).toBe(state);
});

describe('the counts', () => {
  it('show what exists while nothing was ever wanted, and what is wanted after that', () => {
    expect(viewOf({ vfs: [sampleVf(0)] })).toMatchObject({ num_of_vfs: 1, existing_num_of_vfs: 1 });
    expect(viewOf({ vfs: [sampleVf(0)], desired: FAILED })).toMatchObject({ num_of_vfs: 2, existing_num_of_vfs: 1 });
  });

  it('count no VF free whose PF is changing, stuck, missing or without a driver', () => {
    const vfs = [
      sampleVf(0),
      sampleVf(1, { inUse: true, reasons: [{ code: 'VLAN', text: 'has a VLAN device on it' }] }),
    ];
    expect(viewOf({ vfs })).toMatchObject({ num_of_free_vfs: 1, num_of_vfs_in_use: 1 });
    for (const change of [{ desired: OPEN }, { stuck: STUCK }, { missingSince: AT }, { driver: null }]) {
      expect(viewOf({ vfs, ...change })).toMatchObject({ num_of_free_vfs: 0, num_of_vfs_in_use: 1 });
    }
  });
});

describe('the last error', () => {
  it('is the failure of the newest generation, and none while a newer one is open', () => {
    expect(viewOf({ desired: FAILED }).last_error).toEqual(FAILURE);
    expect(
      viewOf({ desired: wantNext(FAILED, { numOfVfs: 2, mtu: null, allNetworksAllowed: null }) }).last_error,
    ).toBeNull();
  });

  it('names the holder of a stuck PF, and else the warning of the agent', () => {
    expect(viewOf({ stuck: STUCK }).last_error).toMatchObject({
      code: 'PF_STUCK',
      cause: expect.stringContaining('pid 7'),
    });
    expect(viewOf({ warning: WARNING }).last_error).toMatchObject({ cause: WARNING });
  });
});

it('tells how far an open change has come, and that both ends are possible while the host is silent', () => {
  const progress = { generation: 1, step: 'write 2', done: 1, total: 2, at: AT };
  expect(viewOf({ desired: OPEN, progress }).progress).toEqual({ step: 'write 2', done: 1, total: 2, at: AT });
  expect(viewOf({ desired: OPEN }, 'down').progress?.step).toMatch(/applied, or .* rolled back/);
  expect(viewOf({ desired: APPLIED, progress }, 'down').progress).toBeNull();
});

it('shows drift against the number in force', () => {
  expect(viewOf({ desired: APPLIED, appliedNumOfVfs: 2, driftSince: AT }).drift).toEqual({
    wanted: 2,
    existing: 0,
    since: AT,
  });
  expect(viewOf({ desired: APPLIED, appliedNumOfVfs: 2 }).drift).toBeNull();
});

it('tells a waiter how its generation ended', () => {
  const outcomeOf = (desired: LedgerVfsConfig['desired'], generation: number) =>
    generationOutcome(sampleConfig({ desired }), generation);
  expect(outcomeOf(OPEN, 1)).toEqual({ state: 'open' });
  expect(outcomeOf(APPLIED, 1)).toEqual({ state: 'applied' });
  expect(outcomeOf(FAILED, 1)).toEqual({ state: 'failed', ...FAILURE, existing: 0 });
  const refused = settle(OPEN, { generation: 1, result: 'refused', failure: FAILURE, existing: 2, at: AT });
  expect(outcomeOf(refused, 1)).toEqual({
    state: 'refused',
    code: FAILURE.code,
    cause: FAILURE.cause,
    remedy: FAILURE.remedy,
  });
  expect(outcomeOf(wantNext(OPEN, { numOfVfs: 3, mtu: null, allNetworksAllowed: null }), 1)).toEqual({
    state: 'superseded',
    by: 2,
  });
});
