import { AskTimeout } from '@vfleet/bus/bus';
import {
  AddHost,
  GetHost,
  GetNic,
  GetVfsConfig,
  ListHosts,
  UpdateHost,
  UpdateVfsConfig,
} from '@vfleet/contracts/inventory';
import { AddVfsConfigLabel, AddVfsConfigNetwork, RemoveVfsConfigNetwork } from '@vfleet/contracts/inventory-networks';
import { afterEach, describe, expect, it } from 'vitest';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';

const ON_PF = { host: 'alpha', nic: 'ens11', vfsConfig: 'vfsConfig' };

let world: InventoryUnderTest;

afterEach(() => world.close());

describe('while policy is away', () => {
  it('inventory starts, takes hosts, heartbeats and reports, and says what it lacks', async () => {
    world = await inventoryUnderTest({ policy: 'away' });
    const { beat } = await world.managedHost();
    await beat('d1');
    await world.idle();
    expect(replyOf(await world.ask(GetHost, { host: 'alpha' })).resource).toMatchObject({
      status: 'up',
      pfs: 1,
      cluster: { id: 'default', name: 'Default' },
    });
    expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.all_networks_allowed).toBe(true);
    expect(replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 2 })).num_of_vfs).toBe(2);
    expect(await world.problems()).toEqual([
      'inventory has not read the networks of policy yet',
      'inventory has not read the clusters of policy yet',
    ]);
    await world.policy.arrives();
    await world.clock.advance(10_000);
    expect(await world.problems()).toEqual([]);
  });

  it('nobody is shown less than there is: what a label brings in cannot be told, nor the name of what is listed', async () => {
    world = await inventoryUnderTest();
    world.policy.networks.put('n1', { name: 'red', label: 'tenant' });
    await world.managedHost();
    await world.managedHost({ hostId: 'h2', name: 'beta' });
    const onBeta = { ...ON_PF, host: 'beta' };
    for (const on of [ON_PF, onBeta]) await world.ask(UpdateVfsConfig, { ...on, allNetworksAllowed: false });
    await world.ask(AddVfsConfigLabel, { ...ON_PF, label: 'tenant' });
    await world.ask(AddVfsConfigNetwork, { ...onBeta, network: 'red' });
    world.policy.dies();
    await world.restart();

    const questions = [
      world.ask(GetVfsConfig, ON_PF),
      world.ask(GetNic, { host: 'alpha', nic: 'ens11' }),
      world.ask(GetVfsConfig, onBeta),
    ].map((question) => expect(question).rejects.toBeInstanceOf(AskTimeout));
    await world.clock.advance(5000);
    await Promise.all(questions);
    expect(replyOf(await world.ask(UpdateVfsConfig, { ...onBeta, numOfVfs: 2 })).networks).toEqual([
      { id: 'n1', name: 'n1', via_label: null },
    ]);

    await world.policy.arrives();
    await world.clock.advance(10_000);
    for (const on of [ON_PF, onBeta]) {
      expect(replyOf(await world.ask(GetVfsConfig, on)).resource.networks).toMatchObject([{ name: 'red' }]);
    }
  });

  it('a listed network can be taken off by its id', async () => {
    world = await inventoryUnderTest();
    world.policy.networks.put('n1', { name: 'red', label: null });
    await world.managedHost();
    await world.ask(UpdateVfsConfig, { ...ON_PF, allNetworksAllowed: false });
    await world.ask(AddVfsConfigNetwork, { ...ON_PF, network: 'red' });
    world.policy.dies();
    expect(await world.ask(RemoveVfsConfigNetwork, { ...ON_PF, network: 'n1' })).toEqual({ ok: true, reply: {} });
  });
});

describe('the cluster of a host', () => {
  it('is the default one unless told, or the one that policy finds by name or id', async () => {
    world = await inventoryUnderTest();
    world.policy.clusters.put('c1', { name: 'west' });
    const added = await world.ask(AddHost, { hostId: 'h1', name: 'alpha', cluster: 'west' });
    expect(replyOf(added).cluster).toEqual({ id: 'c1', name: 'west' });
    await world.ask(AddHost, { hostId: 'h2', name: 'beta' });
    expect(world.policy.asked.getCluster).toBe(1);
    expect(await world.ask(AddHost, { hostId: 'h1', name: 'gamma', cluster: 'east' })).toMatchObject({
      refusals: [{ code: 'ID_ALREADY_USED' }, { code: 'CLUSTER_NOT_EXIST', detail: expect.stringContaining('east') }],
    });
    const inWest = await world.ask(ListHosts, { limit: 10, clusterId: 'c1' });
    expect(replyOf(inWest).items.map(({ name }) => name)).toEqual(['alpha']);
    const first = replyOf(await world.ask(ListHosts, { limit: 1 }));
    expect(first).toMatchObject({ items: [{ name: 'alpha' }], next: 'h1' });
  });

  it('shows its new name when it is renamed, and can be another one', async () => {
    world = await inventoryUnderTest();
    world.policy.clusters.put('c1', { name: 'west' });
    await world.ask(AddHost, { hostId: 'h1', name: 'alpha' });
    expect(replyOf(await world.ask(UpdateHost, { host: 'alpha', cluster: 'west' })).cluster.id).toBe('c1');
    world.policy.clusters.put('c1', { name: 'far west' });
    await world.idle();
    const { resource, version } = replyOf(await world.ask(GetHost, { host: 'alpha' }));
    expect([resource.cluster, version]).toEqual([{ id: 'c1', name: 'far west' }, 2]);
    expect(await world.ask(UpdateHost, { host: 'alpha', cluster: 'east' })).toMatchObject({
      refusals: [{ code: 'CLUSTER_NOT_EXIST' }],
    });
    const hosts = async (clusterId: string) =>
      replyOf(await world.ask(ListHosts, { limit: 10, clusterId })).items.length;
    expect([await hosts('c1'), await hosts('default')]).toEqual([1, 0]);
  });

  it('is not asked about when it is sent back as it is', async () => {
    world = await inventoryUnderTest();
    await world.ask(AddHost, { hostId: 'h1', name: 'alpha' });
    world.policy.dies();
    const renamed = await world.ask(UpdateHost, { host: 'alpha', name: 'beta', cluster: 'default' });
    expect(replyOf(renamed)).toMatchObject({ name: 'beta', cluster: { name: 'Default' } });
  });
});
