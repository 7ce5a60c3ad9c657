import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { sampleLedger } from '../testing/sample-ledger.ts';
import { decideAddAllowedLabel, decideRemoveAllowedLabel } from './decide-allowed-label.ts';
import type { LedgerVfsConfig } from './ledger.ts';

const ON_PF = { nic: 'ens11', vfsConfig: 'vfsConfig', label: 'tenant' };
const SPECIFIC = { allNetworksAllowed: false };
const known = knownNetworks(
  [
    { id: 'n1', name: 'red', label: 'tenant' },
    { id: 'n2', name: 'blue', label: 'storage' },
    { id: 'n3', name: 'green' },
  ],
  ['gone'],
);

const decisions = { add: decideAddAllowedLabel, remove: decideRemoveAllowedLabel };
const decide = (what: keyof typeof decisions, config: Partial<LedgerVfsConfig>, on = ON_PF) =>
  decisions[what](sampleLedger(config), on, known);

describe('a label of a VfsConfig', () => {
  it.each([
    ['add', 'all are allowed', {}, 'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS'],
    ['add', 'it is there', { ...SPECIFIC, labels: ['tenant'] }, 'ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG'],
    ['remove', 'all are allowed', {}, 'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS'],
    ['remove', 'it is not there', SPECIFIC, 'ACTION_TYPE_FAILED_LABEL_NOT_IN_VFS_CONFIG'],
  ] as const)('cannot be changed (%s) when %s', (what, _, config, code) => {
    const decision = decide(what, config as Partial<LedgerVfsConfig>);
    expect(decision).toMatchObject({ ok: false, refusals: [{ code, detail: expect.stringContaining('ens11') }] });
  });

  it.each(['add', 'remove'] as const)('cannot be changed (%s) on a nic that is not there', (what) => {
    expect(decide(what, SPECIFIC, { ...ON_PF, nic: 'nope' })).toMatchObject({
      refusals: [{ code: 'HOST_NETWORK_INTERFACE_NOT_EXIST' }],
    });
  });

  it('takes its networks off the list when it is added, with those that are gone, and raises the version', () => {
    const config = { ...SPECIFIC, networkIds: ['n1', 'n2', 'gone', 'n3', 'unknown'], labels: ['storage', 'zone'] };
    expect(decide('add', config)).toMatchObject({
      ok: true,
      reply: { id: 'tenant' },
      nicName: 'ens11',
      ledger: {
        vfsConfigs: [{ networkIds: ['n2', 'n3', 'unknown'], labels: ['storage', 'tenant', 'zone'], revision: 2 }],
      },
    });
  });

  it('restores nothing when it is removed, nor a network that got it after it was listed', () => {
    const config = { ...SPECIFIC, networkIds: ['n1', 'n3'], labels: ['storage', 'tenant'] };
    expect(decide('remove', config)).toMatchObject({
      ok: true,
      ledger: { vfsConfigs: [{ networkIds: ['n3'], labels: ['storage'], revision: 2, desired: { generation: 0 } }] },
    });
  });
});
