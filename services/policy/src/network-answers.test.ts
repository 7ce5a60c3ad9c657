import {
  AddNetwork,
  GetNetwork,
  ListNetworks,
  NetworkChanged,
  ReadNetworks,
  RemoveNetwork,
  UpdateNetwork,
} from '@vfleet/contracts/policy/networks';
import { AddQos, RemoveQos, UpdateQos } from '@vfleet/contracts/policy/qos';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NETWORKS, QOS, VNIC_PROFILES } from './collections.ts';
import { newNetwork } from './core/network.ts';
import { anotherReplica, once } from './testing/another-replica.ts';
import { codesOf, type PolicyUnderTest, policyUnderTest, replyOf } from './testing/policy-under-test.ts';
import { sampleVnicProfile } from './testing/sample-vnic-profile.ts';
import type { WriteAhead } from './testing/watched-store.ts';

const UPLINK = { id: 'q1', name: 'uplink' };

let world: PolicyUnderTest;
let other: ReturnType<typeof anotherReplica>;
let beforeWrite: (write: WriteAhead) => Promise<void>;

beforeEach(async () => {
  beforeWrite = async () => {};
  world = await policyUnderTest({ beforeWrite: (write) => beforeWrite(write) });
  other = anotherReplica(world.store);
  replyOf(await world.ask(AddQos, { qosId: 'q1', fields: { name: 'uplink', type: 'host_network' } }));
  replyOf(await world.ask(AddQos, { qosId: 'q2', fields: { name: 'gold' } }));
  replyOf(await world.ask(AddNetwork, { networkId: 'n1', fields: { name: 'red', vlan_id: 100, label: 'tenant' } }));
});
afterEach(() => world.close());

const update = (fields: Parameters<typeof world.ask>[1], network = 'red') =>
  world.ask(UpdateNetwork, { network, fields: fields as object });
const shown = async (network = 'n1') => replyOf(await world.ask(GetNetwork, { network }));

describe('a network', () => {
  it('is made with what was told, shows its QoS by name, and is known to followers', async () => {
    const fields = {
      name: 'blue',
      mtu: 9000,
      roles: ['migration', 'display', 'migration'] as const,
      qos: { name: 'uplink' },
    };
    const made = replyOf(
      await world.ask(AddNetwork, { networkId: 'n2', fields: { ...fields, roles: [...fields.roles] } }),
    );
    expect(made).toEqual({
      ...{ id: 'n2', name: 'blue', description: '', vlan_id: null, mtu: 9000, label: null, port_isolation: false },
      ...{ required: false, roles: ['display', 'migration'], qos: UPLINK },
    });
    expect(await shown('blue')).toEqual({ resource: made, version: 1 });
    const known = replyOf(await world.ask(ReadNetworks, { ids: ['n2', 'n1', 'gone'], limit: 500 }));
    expect(known.items).toEqual([
      { id: 'n2', version: 1, name: 'blue', label: null, mtu: 9000 },
      { id: 'n1', version: 1, name: 'red', label: 'tenant', mtu: 1500 },
    ]);
  });

  it('is in a list with the names of QoS that were renamed since', async () => {
    replyOf(await world.ask(AddNetwork, { networkId: 'n2', fields: { name: 'Blue', qos: { id: 'q1' } } }));
    replyOf(await world.ask(UpdateQos, { qos: 'q1', fields: { name: 'trunk' } }));
    const { items } = replyOf(await world.ask(ListNetworks, { limit: 100 }));
    expect(items.map(({ name, qos }) => [name, qos])).toEqual([
      ['Blue', { id: 'q1', name: 'trunk' }],
      ['red', null],
    ]);
  });

  it('takes no QoS that is none, and none of VMs', async () => {
    const add = (qos: { id?: string; name?: string }) =>
      world.ask(AddNetwork, { networkId: 'n2', fields: { name: 'blue', qos } });
    expect(codesOf(await add({ name: 'silver' }))).toEqual(['QOS_NOT_EXIST']);
    expect(codesOf(await add({ id: 'q2', name: 'uplink' }))).toEqual(['QOS_TYPE_MISMATCH']);
    expect(codesOf(await update({ name: 'blue', qos: { name: 'gold' } }))).toEqual(['QOS_TYPE_MISMATCH']);
  });

  it('tells everything that is wrong at once', async () => {
    replyOf(await world.ask(AddNetwork, { networkId: 'n2', fields: { name: 'blue' } }));
    const verdict = await world.ask(UpdateNetwork, {
      ...{ network: 'red', ifVersion: 7 },
      fields: { name: 'blue', qos: { id: 'q9' } },
    });
    expect(codesOf(verdict)).toEqual(['PRECONDITION_FAILED', 'NETWORK_NAME_IN_USE', 'QOS_NOT_EXIST']);
  });

  it('is put back as it was read without a change', async () => {
    replyOf(await update({ qos: { id: 'q1' } }));
    const { resource, version } = await shown();
    const { id: _, ...fields } = resource;
    expect(replyOf(await world.ask(UpdateNetwork, { network: 'n1', fields, ifVersion: version }))).toEqual(resource);
    expect((await shown()).version).toBe(version);
  });

  it('loses what a change takes away and keeps what it does not name', async () => {
    replyOf(await update({ qos: { id: 'q1' }, mtu: 9000 }));
    replyOf(await update({ vlan_id: null, label: null, qos: null }));
    expect((await shown()).resource).toMatchObject({ vlan_id: null, label: null, qos: null, mtu: 9000, name: 'red' });
  });

  it('that is not there is told', async () => {
    for (const ask of [
      () => world.ask(GetNetwork, { network: 'blue' }),
      () => update({ mtu: 9000 }, 'blue'),
      () => world.ask(RemoveNetwork, { network: 'blue' }),
    ]) {
      expect(codesOf(await ask())).toEqual(['ACTION_TYPE_FAILED_NETWORK_NOT_EXIST']);
    }
  });
});

describe('port isolation', () => {
  const fast = sampleVnicProfile({ id: 'p1', name: 'fast', networkId: 'n1', passThrough: 'preferred' });

  it('is refused under passthrough profiles, naming them', async () => {
    await other.adds(VNIC_PROFILES, [fast, sampleVnicProfile({ id: 'p2', name: 'plain', networkId: 'n1' })]);
    expect(await update({ port_isolation: true })).toMatchObject({
      refusals: [
        {
          code: 'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
          detail: 'Passthrough profiles are on the network red: fast.',
        },
      ],
    });
    replyOf(await update({ vlan_id: 7 }));
  });

  it('is refused to the profile that comes onto the network at that moment, or that one is', async () => {
    beforeWrite = once(() => other.addsResting(VNIC_PROFILES, fast, { on: NETWORKS, id: 'n1' }));
    expect(codesOf(await update({ port_isolation: true }))).toEqual([
      'PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION',
    ]);
  });
});

describe('removing a network', () => {
  const plain = (number: number) => sampleVnicProfile({ id: `p${number}`, name: `plain-${number}`, networkId: 'n1' });

  it('says so to all who follow it, and never gives its id out again', async () => {
    replyOf(await world.ask(RemoveNetwork, { network: 'n1' }, 'k1'));
    expect(replyOf(await world.ask(RemoveNetwork, { network: 'n1' }, 'k1'))).toEqual({});
    await world.idle();
    expect(world.facts.at(-1)).toEqual({ name: NetworkChanged.name, payload: { networkId: 'n1', change: 'removed' } });
    world.clock.jump(365 * 24 * 3_600_000);
    await world.clock.advance(3_600_000);
    expect(codesOf(await world.ask(AddNetwork, { networkId: 'n1', fields: { name: 'red' } }))).toEqual([
      'ID_ALREADY_USED',
    ]);
  });

  it('is refused while profiles are on it, naming them', async () => {
    await other.adds(VNIC_PROFILES, [plain(1), plain(2)]);
    expect(await world.ask(RemoveNetwork, { network: 'red', ifVersion: 7 })).toMatchObject({
      refusals: [
        { code: 'PRECONDITION_FAILED' },
        { code: 'NETWORK_IN_USE', detail: 'The network red is used by the vNIC profiles plain-1, plain-2.' },
      ],
    });
  });

  it('is refused to a profile that is made at that moment', async () => {
    beforeWrite = once(() => other.addsResting(VNIC_PROFILES, plain(1), { on: NETWORKS, id: 'n1' }));
    expect(codesOf(await world.ask(RemoveNetwork, { network: 'n1' }))).toEqual(['NETWORK_IN_USE']);
  });
});

describe('a QoS that is removed', () => {
  const removesQos = async () => void replyOf(await world.ask(RemoveQos, { qos: 'q1' }));

  it('at the moment a network is made with it, refuses the network', async () => {
    beforeWrite = onceFor('networks', removesQos);
    const fields = { name: 'blue', qos: { id: 'q1' } };
    expect(codesOf(await world.ask(AddNetwork, { networkId: 'n2', fields }))).toEqual(['QOS_NOT_EXIST']);
  });

  it('at the moment a network is given it, refuses the change', async () => {
    beforeWrite = onceFor('networks', removesQos);
    expect(codesOf(await update({ qos: { id: 'q1' } }))).toEqual(['QOS_NOT_EXIST']);
    expect((await shown()).resource.qos).toBeNull();
  });

  it('is not removed when a network takes it at that moment', async () => {
    beforeWrite = onceFor('qos', () =>
      other.addsResting(NETWORKS, newNetwork('n2', { name: 'blue' }, 'q1'), { on: QOS, id: 'q1' }),
    );
    expect(await world.ask(RemoveQos, { qos: 'q1' })).toMatchObject({
      refusals: [{ code: 'QOS_IN_USE', detail: 'The QoS uplink is used by the networks blue.' }],
    });
  });

  function onceFor(collection: string, work: () => Promise<void>): (write: WriteAhead) => Promise<void> {
    const first = once(work);
    return async (write) => (write.collection === collection ? first() : undefined);
  }
});
