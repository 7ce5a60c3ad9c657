import { GetNic, GetVfsConfig, ListNics, UpdateVfsConfig } from '@vfleet/contracts/inventory';
import {
  AddNicLabel,
  AddNicNetwork,
  AddVfsConfigLabel,
  AddVfsConfigNetwork,
  ListNicLabels,
  ListNicNetworks,
  ListVfsConfigLabels,
  ListVfsConfigNetworks,
  RemoveNicLabel,
  RemoveNicNetwork,
  RemoveVfsConfigLabel,
  RemoveVfsConfigNetwork,
} from '@vfleet/contracts/inventory-networks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';
import { nic } from './testing/sample-report.ts';

const ON_NIC = { host: 'alpha', nic: 'ens11' };
const ON_PF = { ...ON_NIC, vfsConfig: 'vfsConfig' };
const PAGE = { limit: 100 };

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
  world.policy.networks.put('n1', { name: 'red', label: 'tenant' });
  world.policy.networks.put('n2', { name: 'blue', label: null });
  await world.managedHost();
});
afterEach(() => world.close());

describe('the networks of a VfsConfig', () => {
  beforeEach(async () => {
    await world.ask(UpdateVfsConfig, { ...ON_PF, allNetworksAllowed: false });
  });

  it('are listed by name or id and taken off by name or id; the version rises and no generation is made', async () => {
    const before = replyOf(await world.ask(GetVfsConfig, ON_PF));
    expect(replyOf(await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' }))).toEqual({
      id: 'n1',
      name: 'red',
      via_label: null,
    });
    await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'n2' });
    const then = replyOf(await world.ask(GetVfsConfig, ON_PF));
    expect(then.resource.networks.map(({ name }) => name)).toEqual(['blue', 'red']);
    expect([then.version, then.resource.generation]).toEqual([before.version + 2, 0]);
    for (const network of ['n1', 'blue']) await world.ask(RemoveVfsConfigNetwork, { ...ON_PF, network });
    expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.networks).toEqual([]);
  });

  it('come with a label as they carry it, in pages', async () => {
    await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' });
    expect(replyOf(await world.ask(AddVfsConfigLabel, { ...ON_PF, label: 'tenant' }))).toEqual({ id: 'tenant' });
    world.policy.networks.put('n3', { name: 'Alabaster', label: 'tenant' });
    world.policy.networks.put('n1', { name: 'scarlet', label: 'tenant' });
    await world.idle();
    const first = replyOf(await world.ask(ListVfsConfigNetworks, { ...ON_PF, limit: 1 }));
    expect(first.items).toEqual([{ id: 'n3', name: 'Alabaster', via_label: 'tenant' }]);
    const rest = await world.ask(ListVfsConfigNetworks, { ...ON_PF, limit: 1, cursor: first.next ?? '' });
    expect(rest).toMatchObject({ reply: { items: [{ name: 'scarlet', via_label: 'tenant' }], next: null } });
    expect(replyOf(await world.ask(ListVfsConfigLabels, { ...ON_PF, ...PAGE })).items).toEqual([{ id: 'tenant' }]);
    await world.ask(RemoveVfsConfigLabel, { ...ON_PF, label: 'tenant' });
    expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource).toMatchObject({ networks: [], labels: [] });
  });

  it('leave with a network that is deleted, at once in what is shown and with the next put in what is stored', async () => {
    for (const network of ['n1', 'n2']) await world.ask(AddVfsConfigNetwork, { ...ON_PF, network });
    world.policy.networks.remove('n1');
    await world.idle();
    expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.networks).toMatchObject([{ id: 'n2' }]);
    const stored = async () => (await world.storedLedgers())[0]?.vfsConfigs[0]?.networkIds;
    expect(await stored()).toEqual(['n1', 'n2']);
    await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 1 });
    expect(await stored()).toEqual(['n2']);
  });

  it('are all of them again when all are allowed', async () => {
    await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'n2' });
    await world.ask(AddVfsConfigLabel, { ...ON_PF, label: 'tenant' });
    const all = replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, allNetworksAllowed: true }));
    expect(all).toMatchObject({ all_networks_allowed: true, networks: [], labels: [] });
  });

  it('are resolved by policy, however late the hints are: what was made is found, what was removed is not', async () => {
    world.policy.leave();
    world.policy.networks.put('n3', { name: 'new', label: null });
    world.policy.networks.remove('n1');
    world.policy.networks.put('n2', { name: 'red', label: null });
    const added = async (network: string) => world.ask(AddVfsConfigNetwork, { ...ON_PF, network });
    expect(await added('new')).toMatchObject({ reply: { id: 'n3' } });
    expect(await added('n1')).toMatchObject({ refusals: [{ code: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST' }] });
    expect(await added('red')).toMatchObject({ reply: { id: 'n2', name: 'red' } });
    const shown = replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.networks;
    expect(shown.map(({ name }) => name)).toEqual(['new', 'red']);
  });

  it('are the same of a command that is delivered again, though the network is gone and policy away', async () => {
    const first = await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' }, 'command-1');
    world.policy.networks.remove('n1');
    world.policy.dies();
    expect(await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' }, 'command-1')).toEqual(first);
    expect(first.ok).toBe(true);
  });

  it('tell followers which nic to look at again', async () => {
    await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' });
    await world.ask(AddNicNetwork, { ...ON_NIC, network: 'blue' });
    await world.idle();
    expect(world.facts.slice(-2)).toEqual(Array(2).fill({ change: 'networks', nics: ['ens11'] }));
  });

  it('are found by a process that has only just begun, and did not hear of them', async () => {
    await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' });
    await world.restart();
    expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.networks).toMatchObject([{ name: 'red' }]);
  });
});

describe('the networks of a nic itself', () => {
  it('are attached and detached beside its VfsConfig, and change the version of the nic alone', async () => {
    const versions = async () => [
      replyOf(await world.ask(GetNic, ON_NIC)).version,
      replyOf(await world.ask(GetVfsConfig, ON_PF)).version,
    ];
    const [nicVersion, configVersion] = await versions();
    expect(replyOf(await world.ask(AddNicNetwork, { ...ON_NIC, network: 'blue' })).id).toBe('n2');
    expect(replyOf(await world.ask(AddNicLabel, { ...ON_NIC, label: 'tenant' }))).toEqual({ id: 'tenant' });
    expect(await versions()).toEqual([(nicVersion ?? 0) + 2, configVersion]);
    const { resource } = replyOf(await world.ask(GetNic, ON_NIC));
    expect(resource).toMatchObject({
      networks: [
        { name: 'blue', via_label: null },
        { name: 'red', via_label: 'tenant' },
      ],
      labels: ['tenant'],
      vfs_config: { all_networks_allowed: true, networks: [] },
    });
    expect(replyOf(await world.ask(ListNics, { host: 'alpha', ...PAGE })).items[0]).toEqual(resource);
    const networks = replyOf(await world.ask(ListNicNetworks, { ...ON_NIC, ...PAGE })).items;
    expect(networks).toEqual(resource.networks);
    expect(replyOf(await world.ask(ListNicLabels, { ...ON_NIC, ...PAGE })).items).toEqual([{ id: 'tenant' }]);

    expect(await world.ask(RemoveNicNetwork, { ...ON_NIC, network: 'red' })).toMatchObject({
      refusals: [{ code: 'NETWORK_ATTACHED_TO_NIC_VIA_LABEL' }],
    });
    await world.ask(RemoveNicNetwork, { ...ON_NIC, network: 'blue' });
    await world.ask(RemoveNicLabel, { ...ON_NIC, label: 'tenant' });
    expect(replyOf(await world.ask(ListNicNetworks, { ...ON_NIC, ...PAGE })).items).toEqual([]);
  });

  it('outlive the reports of the host', async () => {
    const { tell } = await world.managedHost({ hostId: 'h2', name: 'beta' });
    const on = { host: 'beta', nic: 'bond0' };
    const bond = nic('bond0', '', { pciAddress: null, kind: 'bond' });
    await tell(0, null, { nics: [bond] });
    await world.idle();
    await world.ask(AddNicNetwork, { ...on, network: 'blue' });
    await tell(0, null, { nics: [] });
    await tell(0, null, { nics: [bond] });
    await world.idle();
    expect(replyOf(await world.ask(ListNicNetworks, { ...on, ...PAGE })).items).toMatchObject([{ name: 'blue' }]);
  });

  it('of a VF there are none', async () => {
    await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 1 });
    await world.idle();
    const onVf = { host: 'alpha', nic: 'ens11v0', ...PAGE };
    expect(replyOf(await world.ask(ListNicNetworks, onVf)).items).toEqual([]);
    expect(replyOf(await world.ask(ListNicLabels, onVf)).items).toEqual([]);
  });

  it.each([ListNicNetworks, ListNicLabels])('of a nic that is not there are refused', async (list) => {
    expect(await world.ask(list, { host: 'alpha', nic: 'nope', ...PAGE })).toMatchObject({
      refusals: [{ code: 'HOST_NETWORK_INTERFACE_NOT_EXIST' }],
    });
  });
});
