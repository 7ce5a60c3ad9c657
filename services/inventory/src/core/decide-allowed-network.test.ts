import type { KnownNetwork } from '@vfleet/contracts/policy/networks';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { ledgerWithNics, sampleConfig, sampleLedger } from '../testing/sample-ledger.ts';
import { decideAddAllowedNetwork, decideRemoveAllowedNetwork } from './decide-allowed-network.ts';
import type { LedgerVfsConfig } from './ledger.ts';

const RED: KnownNetwork = { id: 'n1', name: 'red', label: 'tenant', mtu: 1500, version: 1 };
const known = knownNetworks([RED, { id: 'n2', name: 'blue' }], ['gone']);
const SPECIFIC = { allNetworksAllowed: false };

const add = (config: Partial<LedgerVfsConfig>, network: KnownNetwork | undefined, nic = 'ens11') =>
  decideAddAllowedNetwork(sampleLedger(config), { nic, vfsConfig: 'vfsConfig', network: 'red' }, { network, known });
const remove = (config: Partial<LedgerVfsConfig>, ref: string, network: KnownNetwork | undefined, nic = 'ens11') =>
  decideRemoveAllowedNetwork(sampleLedger(config), { nic, vfsConfig: 'vfsConfig', network: ref }, { network, known });

function refusalsOf(decision: ReturnType<typeof add> | ReturnType<typeof remove>): { code: string; detail: string }[] {
  return decision.ok ? [] : decision.refusals;
}

describe('allowing a network', () => {
  const refused: [string, ReturnType<typeof add>, string[], string][] = [
    ['while all are allowed', add({}, RED), ['ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS'], 'ens11'],
    ['that there is not', add(SPECIFIC, undefined), ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'], 'red'],
    [
      'for both reasons at once',
      add({}, undefined),
      ['ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS', 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'],
      'ens11',
    ],
    [
      'that is listed',
      add({ ...SPECIFIC, networkIds: ['n1'] }, RED),
      ['ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG'],
      'Network red is in the list of ens11',
    ],
    [
      'that a label brings in, naming the label',
      add({ ...SPECIFIC, labels: ['tenant'] }, RED),
      ['ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG'],
      'through the label tenant',
    ],
    [
      'on a nic that is not there, and the network is not either',
      add(SPECIFIC, undefined, 'nope'),
      ['HOST_NETWORK_INTERFACE_NOT_EXIST', 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'],
      'nope',
    ],
    ['on a bond', add(SPECIFIC, RED, 'bond0'), ['ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED'], 'bond'],
  ];
  it.each(refused)('is refused: %s', (_, decision, expected, detail) => {
    const refusals = refusalsOf(decision);
    expect(refusals.map(({ code }) => code)).toEqual(expected);
    expect(refusals[0]?.detail).toContain(detail);
  });

  it('lists it, raises the version alone, and drops what is gone', () => {
    const before = sampleConfig({ ...SPECIFIC, networkIds: ['gone', 'n2'], revision: 4 });
    expect(add(before, RED)).toEqual({
      ok: true,
      ledger: sampleLedger({ ...before, networkIds: ['n2', 'n1'], revision: 5 }),
      nicName: 'ens11',
      reply: { id: 'n1', name: 'red', via_label: null },
    });
  });

  it('is fine on a slave of a bond, and whatever state the PF is in', () => {
    const onSlave = { nic: 'ens11', vfsConfig: 'h1-1', network: 'red' };
    expect(decideAddAllowedNetwork(ledgerWithNics(), onSlave, { network: RED, known }).ok).toBe(true);
    const stuck = { since: '2026-01-01T01:00:00.000Z', from: 4, to: 0, holder: 'qemu (pid 7)' };
    for (const state of [{ missingSince: '2026-01-01' }, { stuck }, { driver: null }]) {
      expect(add({ ...SPECIFIC, ...state }, RED).ok).toBe(true);
    }
  });
});

describe('taking a network off', () => {
  const LISTED = { ...SPECIFIC, networkIds: ['n1', 'gone', 'n9'] };
  const refused: [string, ReturnType<typeof remove>, string, string][] = [
    ['while all are allowed', remove({}, 'n1', RED), 'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS', 'ens11'],
    ['that is not listed', remove(SPECIFIC, 'n1', RED), 'ACTION_TYPE_FAILED_NETWORK_NOT_IN_VFS_CONFIG', 'red'],
    ['that nobody knows', remove(LISTED, 'n7', undefined), 'ACTION_TYPE_FAILED_NETWORK_NOT_IN_VFS_CONFIG', 'n7'],
    [
      'that a label brings in, naming the label',
      remove({ ...SPECIFIC, labels: ['tenant'] }, 'red', RED),
      'ACTION_TYPE_FAILED_NETWORK_IN_VFS_CONFIG_VIA_LABEL',
      'through the label tenant',
    ],
    [
      'that got the label of the configuration after it was listed',
      remove({ ...LISTED, labels: ['tenant'] }, 'n1', RED),
      'ACTION_TYPE_FAILED_NETWORK_IN_VFS_CONFIG_VIA_LABEL',
      'through the label tenant',
    ],
    ['of a nic that is not there', remove(LISTED, 'n1', RED, 'nope'), 'HOST_NETWORK_INTERFACE_NOT_EXIST', 'nope'],
  ];
  it.each(refused)('is refused: %s', (_, decision, code, detail) => {
    expect(refusalsOf(decision)).toMatchObject([{ code, detail: expect.stringContaining(detail) }]);
  });

  it.each([
    ['by name', 'red', RED, ['n9']],
    ['by id', 'n1', RED, ['n9']],
    ['by an id that nothing is known of', 'n9', undefined, ['n1']],
    ['by an id that is gone', 'gone', undefined, ['n1', 'n9']],
  ])('works %s, and drops what is gone', (_, ref, network, networkIds) => {
    expect(remove(LISTED, ref, network)).toMatchObject({
      ok: true,
      reply: {},
      ledger: { vfsConfigs: [{ networkIds, revision: 2, desired: { generation: 0 } }] },
    });
  });
});
