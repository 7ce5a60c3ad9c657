import { AskTimeout } from '@vfleet/bus/bus';
import {
  AddCluster,
  ClusterChanged,
  GetCluster,
  ListClusters,
  ReadClusters,
  RemoveCluster,
  UpdateCluster,
} from '@vfleet/contracts/policy/clusters';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLUSTERS, VMS, VNIC_PROFILES } from './collections.ts';
import { anotherReplica, once } from './testing/another-replica.ts';
import { codesOf, type PolicyUnderTest, policyUnderTest, replyOf } from './testing/policy-under-test.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { sampleVnicProfile } from './testing/sample-vnic-profile.ts';
import type { WriteAhead } from './testing/watched-store.ts';

const PROD = { clusterId: 'c1', fields: { name: 'prod', compatibility_version: '4.6' } };

let world: PolicyUnderTest;
let other: ReturnType<typeof anotherReplica>;
let beforeWrite: (write: WriteAhead) => Promise<void>;

beforeEach(async () => {
  beforeWrite = async () => {};
  world = await policyUnderTest({ beforeWrite: (write) => beforeWrite(write) });
  other = anotherReplica(world.store);
  replyOf(await world.ask(AddCluster, PROD));
});
afterEach(() => world.close());

describe('a cluster', () => {
  it('is shown by its id and its name, in any spelling of it', async () => {
    const set = { compatibility_version: '4.6', policy: 'pack', require_carrier: false };
    const shown = { id: 'c1', name: 'prod', description: '', ...set };
    for (const cluster of ['c1', 'prod', 'ｐｒｏｄ']) {
      expect(replyOf(await world.ask(GetCluster, { cluster }))).toEqual({ resource: shown, version: 1 });
    }
    expect(codesOf(await world.ask(GetCluster, { cluster: 'Prod' }))).toEqual(['CLUSTER_NOT_EXIST']);
  });

  it('takes no name and no id that another one is known by', async () => {
    const add = (clusterId: string, name: string) => world.ask(AddCluster, { clusterId, fields: { name } });
    expect(codesOf(await add('c2', 'ｐｒｏｄ'))).toEqual(['CLUSTER_NAME_IN_USE']);
    expect(codesOf(await add('c2', 'c1'))).toEqual(['CLUSTER_NAME_IN_USE']);
    expect(codesOf(await add('prod', 'lab'))).toEqual(['ID_ALREADY_USED']);
    expect(codesOf(await add('c1', 'prod'))).toEqual(['ID_ALREADY_USED']);
    replyOf(await add('c2', 'Prod'));
    expect(codesOf(await world.ask(UpdateCluster, { cluster: 'Prod', fields: { name: 'prod' } }))).toEqual([
      'CLUSTER_NAME_IN_USE',
    ]);
  });

  it('is changed for the version that was read, and says so to all who follow it', async () => {
    const change = { cluster: 'prod', fields: { description: 'Tenants' }, ifVersion: 1 };
    expect(replyOf(await world.ask(UpdateCluster, change, 'k1')).description).toBe('Tenants');
    expect(codesOf(await world.ask(UpdateCluster, change, 'k2'))).toEqual(['PRECONDITION_FAILED']);
    expect(replyOf(await world.ask(UpdateCluster, change, 'k1')).description).toBe('Tenants');
    expect(replyOf(await world.ask(GetCluster, { cluster: 'c1' })).version).toBe(2);
    await world.idle();
    const changes = world.facts.filter(({ payload }) => JSON.stringify(payload).includes('c1'));
    expect(changes).toEqual(
      ['added', 'updated'].map((change) => ({ name: ClusterChanged.name, payload: { clusterId: 'c1', change } })),
    );
  });

  it('that a change leaves as it is stays at its version and says nothing', async () => {
    await world.idle();
    const said = world.facts.length;
    replyOf(await world.ask(UpdateCluster, { cluster: 'c1', fields: { name: 'prod', policy: 'pack' } }));
    await world.idle();
    expect(replyOf(await world.ask(GetCluster, { cluster: 'c1' })).version).toBe(1);
    expect(world.facts).toHaveLength(said);
  });

  it.each([
    ['change', () => world.ask(UpdateCluster, { cluster: 'lab', fields: {} })],
    ['removal', () => world.ask(RemoveCluster, { cluster: 'lab' })],
  ])('that is not there is told to a %s', async (_, ask) => {
    expect(codesOf(await ask())).toEqual(['CLUSTER_NOT_EXIST']);
  });

  it('is known to followers with its version, by ids and page by page', async () => {
    replyOf(await world.ask(UpdateCluster, { cluster: 'c1', fields: { name: 'production' } }));
    const known = { id: 'c1', version: 2, name: 'production', requireCarrier: false };
    const asked = replyOf(await world.ask(ReadClusters, { ids: ['c1', 'gone'], limit: 500 }));
    expect(asked).toEqual({ items: [known], next: null });
    const first = replyOf(await world.ask(ReadClusters, { limit: 1 }));
    expect(first).toEqual({ items: [known], next: 'c1' });
    const last = replyOf(await world.ask(ReadClusters, { limit: 1, cursor: first.next ?? '' }));
    expect(last).toEqual({ items: [{ ...known, id: 'default', version: 1, name: 'Default' }], next: null });
  });

  it('is in a list in the order of names', async () => {
    const { items } = replyOf(await world.ask(ListClusters, { limit: 100 }));
    expect(items.map(({ name }) => name)).toEqual(['Default', 'prod']);
  });
});

describe('lowering the level of a cluster', () => {
  const lowered = (compatibility_version: string) => ({ cluster: 'prod', fields: { compatibility_version } });

  beforeEach(async () => {
    await other.adds(VNIC_PROFILES, [
      sampleVnicProfile({ id: 'plain', name: 'plain' }),
      sampleVnicProfile({ id: 'fast', name: 'fast', passThrough: 'preferred' }),
      sampleVnicProfile({ id: 'safe', name: 'safe', passThrough: 'enabled', migratable: true, failoverId: 'plain' }),
    ]);
  });

  it('is refused while vNICs need more, naming them', async () => {
    await other.adds(VMS, [
      sampleVm([sampleVnic(1, { profileId: 'fast' }), sampleVnic(2, { profileId: 'plain' })], {
        id: 'v1',
        name: 'vm-1',
        clusterId: 'c1',
      }),
      sampleVm([sampleVnic(3, { profileId: 'safe', interface: 'pci_passthrough' })], {
        id: 'v2',
        name: 'vm-2',
        clusterId: 'c1',
      }),
      sampleVm([sampleVnic(4, { profileId: 'safe', interface: 'pci_passthrough' })], { id: 'v3', name: 'vm-3' }),
    ]);
    const verdict = await world.ask(UpdateCluster, lowered('3.5'));
    expect(verdict).toMatchObject({
      refusals: [
        {
          code: 'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
          detail: expect.stringContaining('vm-1 (nic1), vm-2 (nic3).'),
        },
        { code: 'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL', detail: expect.stringContaining(': vm-2 (nic3).') },
      ],
    });
    expect(codesOf(await world.ask(UpdateCluster, lowered('3.6')))).toEqual([
      'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    ]);
    replyOf(await world.ask(UpdateCluster, lowered('4.10')));
  });

  it('finds the one vNIC that needs more among many VMs', async () => {
    const many = Array.from({ length: 1200 }, (_, number) =>
      sampleVm([], { id: `v${1000 + number}`, name: `vm-${number}`, clusterId: 'c1' }),
    );
    const vnic = sampleVnic(1, { profileId: 'fast' });
    await other.adds(VMS, [...many, sampleVm([vnic], { id: 'w', name: 'last', clusterId: 'c1' })]);
    const verdict = await world.ask(UpdateCluster, lowered('3.5'));
    expect(verdict).toMatchObject({ refusals: [{ detail: expect.stringContaining(': last (nic1).') }] });
  });

  it('is decided again when a VM comes to need more at that moment', async () => {
    beforeWrite = once(async () => {
      const vm = sampleVm([sampleVnic(1, { profileId: 'fast' })], { name: 'late', clusterId: 'c1' });
      await other.addsResting(VMS, vm, { on: CLUSTERS, id: 'c1' });
    });
    expect(await world.ask(UpdateCluster, lowered('3.5'))).toMatchObject({
      refusals: [{ detail: expect.stringContaining('late (nic1)') }],
    });
  });
});

describe('removing a cluster', () => {
  const removal = { cluster: 'prod' };

  it('leaves no trace but its id', async () => {
    replyOf(await world.ask(RemoveCluster, { cluster: 'c1', ifVersion: 1 }, 'k1'));
    expect(replyOf(await world.ask(RemoveCluster, { cluster: 'c1', ifVersion: 1 }, 'k1'))).toEqual({});
    expect(codesOf(await world.ask(GetCluster, removal))).toEqual(['CLUSTER_NOT_EXIST']);
    expect(codesOf(await world.ask(AddCluster, PROD))).toEqual(['ID_ALREADY_USED']);
    replyOf(await world.ask(AddCluster, { ...PROD, clusterId: 'c2' }));
  });

  it('is refused while VMs and hosts are in it, naming both', async () => {
    await other.adds(VMS, [sampleVm([], { name: 'vm-1', clusterId: 'c1' })]);
    world.hosts.push({ id: 'h1', name: 'alpha', clusterId: 'c1' }, { id: 'h2', name: 'bravo', clusterId: 'default' });
    expect(await world.ask(RemoveCluster, { cluster: 'prod', ifVersion: 7 })).toMatchObject({
      refusals: [
        { code: 'PRECONDITION_FAILED' },
        {
          code: 'CLUSTER_IN_USE',
          detail: 'In the cluster prod are the virtual machines vm-1 and the hosts alpha.',
        },
      ],
    });
  });

  it('names ten of the hosts that are in it', async () => {
    for (let number = 1; number <= 12; number++) {
      world.hosts.push({ id: `h${number}`, name: `host-${number}`, clusterId: 'c1' });
    }
    expect(await world.ask(RemoveCluster, removal)).toMatchObject({
      refusals: [{ detail: expect.stringMatching(/host-1, .*, host-10 and others\.$/) }],
    });
  });

  it('takes place when an inventory that was away is back, though nobody waits any more', async () => {
    const back = await world.silenceInventory();
    const asked = world.ask(RemoveCluster, removal, 'k1').catch((problem: unknown) => problem);
    await world.clock.advance(5001);
    expect(await asked).toBeInstanceOf(AskTimeout);
    replyOf(await world.ask(GetCluster, removal));
    await back();
    await world.clock.advance(60_000);
    await world.idle();
    expect(codesOf(await world.ask(GetCluster, removal))).toEqual(['CLUSTER_NOT_EXIST']);
  });

  it('is refused to a VM that comes into it at that moment, or that one is', async () => {
    beforeWrite = once(() =>
      other.addsResting(VMS, sampleVm([], { name: 'late', clusterId: 'c1' }), { on: CLUSTERS, id: 'c1' }),
    );
    expect(codesOf(await world.ask(RemoveCluster, removal))).toEqual(['CLUSTER_IN_USE']);
  });
});

describe('the cluster Default', () => {
  it('that was removed is not made again, and its name is free', async () => {
    replyOf(await world.ask(RemoveCluster, { cluster: 'Default' }));
    await world.restart();
    expect(codesOf(await world.ask(GetCluster, { cluster: 'Default' }))).toEqual(['CLUSTER_NOT_EXIST']);
    replyOf(await world.ask(AddCluster, { clusterId: 'c2', fields: { name: 'Default' } }));
    await world.restart();
    expect(replyOf(await world.ask(GetCluster, { cluster: 'Default' })).resource.id).toBe('c2');
  });

  it('that was renamed stays as it is', async () => {
    replyOf(await world.ask(UpdateCluster, { cluster: 'Default', fields: { name: 'main' } }));
    await world.restart();
    expect(replyOf(await world.ask(GetCluster, { cluster: 'default' })).resource.name).toBe('main');
  });
});
