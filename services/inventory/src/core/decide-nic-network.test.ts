import type { KnownNetwork } from '@vfleet/contracts/policy/networks';
import { describe, expect, it } from 'vitest';
import { knownNetworks } from '../testing/known-networks.ts';
import { ledgerWithNics } from '../testing/sample-ledger.ts';
import { decideAddNicNetwork, decideRemoveNicNetwork } from './decide-nic-network.ts';
import { findNic } from './find-nic.ts';
import type { LedgerNic } from './ledger.ts';
import { nicVersion } from './nic-view.ts';

type Lists = Record<string, Partial<LedgerNic>>;

const RED: KnownNetwork = { id: 'n1', name: 'red', label: 'tenant', mtu: 1500, version: 1 };
const known = knownNetworks([RED], ['gone']);
const add = (nic: string, lists: Lists = {}, network: KnownNetwork | undefined = RED) =>
  decideAddNicNetwork(ledgerWithNics(lists), { nic, network: 'red' }, { network, known });
const remove = (nic: string, lists: Lists = {}, ref = 'red', network: KnownNetwork | undefined = RED) =>
  decideRemoveNicNetwork(ledgerWithNics(lists), { nic, network: ref }, { network, known });
const missing = (nic: string) =>
  decideAddNicNetwork(ledgerWithNics(), { nic, network: 'red' }, { network: undefined, known });

function refusalsOf(decision: ReturnType<typeof add> | ReturnType<typeof remove>): { code: string; detail: string }[] {
  return decision.ok ? [] : decision.refusals;
}

describe('attaching a network to a nic', () => {
  const refused: [string, ReturnType<typeof add>, string[], string][] = [
    ['slave of a bond, naming it', add('ens11'), ['NIC_IS_BOND_SLAVE'], 'bond0'],
    ['VF', add('ens11v0'), ['NIC_CANNOT_CARRY_NETWORKS'], 'virtual function of ens11'],
    ['VLAN device', add('eno1.100'), ['NIC_CANNOT_CARRY_NETWORKS'], 'vlan'],
    ['no such network', missing('eno1'), ['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'], 'red'],
    ['every rule at once', missing('ens11'), ['NIC_IS_BOND_SLAVE', 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'], 'bond0'],
    [
      'neither nic nor network',
      missing('nope'),
      ['HOST_NETWORK_INTERFACE_NOT_EXIST', 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST'],
      'nope',
    ],
    [
      'attached to the nic itself',
      add('eno1', { eno1: { networkIds: ['n1'] } }),
      ['NETWORK_ALREADY_ATTACHED_TO_NIC'],
      'red is attached to eno1 of host alpha',
    ],
    [
      'attached to another nic',
      add('eno1', { bond0: { networkIds: ['n1'] } }),
      ['NETWORK_ALREADY_ATTACHED_TO_NIC'],
      'red is attached to bond0 of host alpha',
    ],
    [
      'attached to another nic through a label',
      add('eno1', { bond0: { labels: ['tenant'] } }),
      ['NETWORK_ALREADY_ATTACHED_TO_NIC'],
      'bond0 of host alpha through the label tenant',
    ],
  ];
  it.each(refused)('is refused: %s', (_, decision, codes, detail) => {
    const refusals = refusalsOf(decision);
    expect(refusals.map(({ code }) => code)).toEqual(codes);
    expect(refusals[0]?.detail).toContain(detail);
  });

  it.each(['eno1', 'bond0'])('lists it on %s, drops what is gone, and changes the ETag of the nic alone', (nic) => {
    const before = ledgerWithNics({ [nic]: { networkIds: ['gone'] } });
    const decision = add(nic, { [nic]: { networkIds: ['gone'] } });
    if (!decision.ok) throw new Error('refused');
    const { ledger, reply } = decision;
    expect(reply).toEqual({ id: 'n1', name: 'red', via_label: null });
    expect(ledger.nics.find(({ name }) => name === nic)?.networkIds).toEqual(['n1']);
    expect([ledger.revision, ledger.vfsConfigs]).toEqual([before.revision, before.vfsConfigs]);
    const [found, then] = [findNic(before, nic), findNic(ledger, nic)];
    expect(then && nicVersion(ledger, then)).toBeGreaterThan((found && nicVersion(before, found)) ?? 0);
  });

  it('counts no nic of another host, and no VfsConfig', () => {
    const ledger = ledgerWithNics();
    const vfsConfigs = ledger.vfsConfigs.map((config) => ({ ...config, networkIds: ['n1'], labels: ['tenant'] }));
    const decision = decideAddNicNetwork(
      { ...ledger, vfsConfigs },
      { nic: 'eno1', network: 'n1' },
      { network: RED, known },
    );
    expect(decision.ok).toBe(true);
  });
});

describe('detaching a network from a nic', () => {
  const refused: [string, ReturnType<typeof remove>, string[], string][] = [
    ['not attached', remove('eno1'), ['NETWORK_NOT_ATTACHED_TO_NIC'], 'red'],
    ['attached to another', remove('eno1', { bond0: { networkIds: ['n1'] } }), ['NETWORK_NOT_ATTACHED_TO_NIC'], 'eno1'],
    [
      'attached through a label',
      remove('eno1', { eno1: { networkIds: ['n1'], labels: ['tenant'] } }),
      ['NETWORK_ATTACHED_TO_NIC_VIA_LABEL'],
      'through the label tenant',
    ],
    ['slave of a bond', remove('ens11'), ['NIC_IS_BOND_SLAVE'], 'bond0'],
    ['VF', remove('ens11v0'), ['NIC_CANNOT_CARRY_NETWORKS'], 'ens11'],
    ['no such nic', remove('nope'), ['HOST_NETWORK_INTERFACE_NOT_EXIST'], 'nope'],
  ];
  it.each(refused)('is refused: %s', (_, decision, codes, detail) => {
    const refusals = refusalsOf(decision);
    expect(refusals.map(({ code }) => code)).toEqual(codes);
    expect(refusals[0]?.detail).toContain(detail);
  });

  it.each([
    ['by its name', 'eno1', 'red', RED],
    ['by an id that nothing is known of', 'eno1', 'n1', undefined],
    ['that it carried before it became a slave', 'ens11', 'red', RED],
  ])('works %s', (_, nic, ref, network) => {
    const decision = decideRemoveNicNetwork(
      ledgerWithNics({ [nic]: { networkIds: ['n1', 'gone'] } }),
      { nic, network: ref },
      { network, known },
    );
    if (!decision.ok) throw new Error('refused');
    expect(decision.ledger.nics.find(({ name }) => name === nic)?.networkIds).toEqual([]);
    expect(decision.ledger.nicsRevision).toBe(1);
  });
});
