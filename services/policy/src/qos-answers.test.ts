import { AddNetwork, UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { AddQos, GetQos, ListQos, QosChanged, RemoveQos, UpdateQos } from '@vfleet/contracts/policy/qos';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { QOS, VNIC_PROFILES } from './collections.ts';
import { anotherReplica, once } from './testing/another-replica.ts';
import { codesOf, type PolicyUnderTest, policyUnderTest, replyOf } from './testing/policy-under-test.ts';
import { sampleVnicProfile } from './testing/sample-vnic-profile.ts';
import type { WriteAhead } from './testing/watched-store.ts';

const LIMIT = { average: 100, peak: 200, burst: 10 };
const GOLD = { qosId: 'q1', fields: { name: 'gold', inbound: LIMIT } };
const SHOWN = {
  ...{ id: 'q1', name: 'gold', description: '', type: 'vm_network', inbound: LIMIT, outbound: null },
  ...{ linkshare: null, upper_limit: null, realtime: null },
};

let world: PolicyUnderTest;
let other: ReturnType<typeof anotherReplica>;
let beforeWrite: (write: WriteAhead) => Promise<void>;

beforeEach(async () => {
  beforeWrite = async () => {};
  world = await policyUnderTest({ beforeWrite: (write) => beforeWrite(write) });
  other = anotherReplica(world.store);
  expect(replyOf(await world.ask(AddQos, GOLD))).toEqual(SHOWN);
});
afterEach(() => world.close());

const shown = async () => replyOf(await world.ask(GetQos, { qos: 'gold' }));

it('is shown, listed, changed and put back', async () => {
  expect(await shown()).toEqual({ resource: SHOWN, version: 1 });
  const changed = { ...SHOWN, inbound: null, outbound: LIMIT };
  const { id: _, ...fields } = changed;
  expect(replyOf(await world.ask(UpdateQos, { qos: 'q1', fields: fields as object, ifVersion: 1 }))).toEqual(changed);
  expect(replyOf(await world.ask(UpdateQos, { qos: 'gold', fields: fields as object, ifVersion: 2 }))).toEqual(changed);
  expect(await shown()).toEqual({ resource: changed, version: 2 });
  expect(replyOf(await world.ask(ListQos, { limit: 10 }))).toEqual({ items: [changed], next: null });
});

it('is refused with everything that is wrong', async () => {
  replyOf(await world.ask(AddQos, { qosId: 'q2', fields: { name: 'uplink', type: 'host_network' } }));
  expect(codesOf(await world.ask(AddQos, { qosId: 'q1', fields: { name: 'uplink', realtime: 5 } }))).toEqual([
    'ID_ALREADY_USED',
    'QOS_NAME_IN_USE',
    'QOS_VALUES_CONTRADICT',
  ]);
  const fields = { name: 'uplink', type: 'host_network' as const, realtime: 5 };
  expect(codesOf(await world.ask(UpdateQos, { qos: 'q1', fields, ifVersion: 7 }))).toEqual([
    'PRECONDITION_FAILED',
    'QOS_NAME_IN_USE',
    'CANNOT_CHANGE_QOS_TYPE',
    'QOS_VALUES_CONTRADICT',
  ]);
});

it('that is not there is told', async () => {
  expect(codesOf(await world.ask(GetQos, { qos: 'silver' }))).toEqual(['QOS_NOT_EXIST']);
  expect(codesOf(await world.ask(UpdateQos, { qos: 'silver', fields: {} }))).toEqual(['QOS_NOT_EXIST']);
  expect(codesOf(await world.ask(RemoveQos, { qos: 'silver' }))).toEqual(['QOS_NOT_EXIST']);
});

it('is removed when nobody uses it any more', async () => {
  replyOf(await world.ask(AddQos, { qosId: 'q2', fields: { name: 'uplink', type: 'host_network' } }));
  replyOf(await world.ask(AddNetwork, { networkId: 'n1', fields: { name: 'red', qos: { id: 'q2' } } }));
  expect(codesOf(await world.ask(RemoveQos, { qos: 'uplink' }))).toEqual(['QOS_IN_USE']);
  replyOf(await world.ask(UpdateNetwork, { network: 'red', fields: { qos: null } }));
  replyOf(await world.ask(RemoveQos, { qos: 'uplink' }));
  await world.idle();
  expect(world.facts.at(-1)).toEqual({ name: QosChanged.name, payload: { qosId: 'q2', change: 'removed' } });
});

it('is kept by the profiles that use it, which are named', async () => {
  await other.adds(VNIC_PROFILES, [sampleVnicProfile({ name: 'slow', qosId: 'q1' })]);
  expect(await world.ask(RemoveQos, { qos: 'q1', ifVersion: 7 })).toMatchObject({
    refusals: [
      { code: 'PRECONDITION_FAILED' },
      { code: 'QOS_IN_USE', detail: 'The QoS gold is used by the vNIC profiles slow.' },
    ],
  });
});

it('is kept by a profile that takes it at the moment of its removal', async () => {
  const late = sampleVnicProfile({ name: 'late', qosId: 'q1' });
  beforeWrite = once(() => other.addsResting(VNIC_PROFILES, late, { on: QOS, id: 'q1' }));
  expect(codesOf(await world.ask(RemoveQos, { qos: 'q1' }))).toEqual(['QOS_IN_USE']);
});
