import { AddQos } from '@vfleet/contracts/policy/qos';
import { BeginRun, EndRun, ListRunning, ResolveVnics, SetPlugged } from '@vfleet/contracts/policy/runs';
import { GetVm, RemoveVm, RemoveVnic, UpdateVm, UpdateVnic } from '@vfleet/contracts/policy/vms';
import type { DocumentStore, Documents } from '@vfleet/documents/documents';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CLUSTERS, NETWORKS, QOS, VMS, VNIC_PROFILES } from './collections.ts';
import { resolveVnics } from './handlers/resolve-vnics.ts';
import type { OwnedCollections } from './owned-collections.ts';
import { codesOf, replyOf } from './testing/policy-under-test.ts';
import { vmWorld } from './testing/vm-world.ts';

const LIMIT = { average: 10, peak: 20, burst: 5 };

let world: Awaited<ReturnType<typeof vmWorld>>;

beforeEach(async () => {
  world = await vmWorld();
  replyOf(await world.ask(AddQos, { qosId: 'slow', fields: { name: 'slow', inbound: LIMIT } }));
  await world.addProfile('plain', { qos: { id: 'slow' } });
  await world.addProfile('gold', { pass_through: 'enabled', migratable: true, failover: { id: 'plain' } });
  await world.addVm('vm-1', { domain_xml: '<domain/>' });
  await world.addVnic('vm-1', 'nic1', { vnic_profile: { id: 'gold' } });
  await world.addVnic('vm-1', 'nic2', { vnic_profile: { id: 'gold' } });
  await world.addVnic('vm-1', 'nic3', { vnic_profile: { id: 'plain' } });
  await world.addVnic('vm-1', 'nic4', { vnic_profile: { id: 'plain' }, plugged: false });
});
afterEach(() => world.close());

const begin = (placementId: string) => world.ask(BeginRun, { vm: 'vm-1', placementId });
const end = (placementId: string) => world.ask(EndRun, { vm: 'vm-1', placementId });
const statusOf = async () => replyOf(await world.ask(GetVm, { vm: 'vm-1' })).resource.status;

it('a VM is resolved with everything of its plugged vNICs in one answer', async () => {
  const resolved = replyOf(await world.ask(ResolveVnics, { vm: 'vm-1' }));
  expect(resolved).toMatchObject({
    ...{ id: 'vm-1', domainXml: '<domain/>', policy: 'pack', placementId: null },
    cluster: { name: 'Default', compatibilityVersion: '4.7' },
    vnics: [
      { name: 'nic1', needs: 'vf', network: { vlanId: 100 }, failover: { profileId: 'plain', network: { id: 'red' } } },
      { name: 'nic2', needs: 'vf' },
      { name: 'nic3', needs: 'bridge', profile: { qos: { inbound: LIMIT, outbound: null } }, failover: null },
    ],
  });
});

it('one vNIC is resolved alone, by its name or id, plugged or not', async () => {
  for (const vnic of ['nic4', 'vm-1-nic4'])
    expect(replyOf(await world.ask(ResolveVnics, { vm: 'vm-1', vnic })).vnics.map(({ name }) => name)).toEqual([
      'nic4',
    ]);
  expect(codesOf(await world.ask(ResolveVnics, { vm: 'vm-1', vnic: 'nope' }))).toEqual(['VNIC_NOT_EXIST']);
});

it('what vNICs share is read once', async () => {
  const reads: string[] = [];
  const resolve = resolveVnics(await counted(world.store, (what) => reads.push(what)));
  const context = { id: 'm', correlationId: 'm', actor: { kind: 'service' as const, name: 'scheduler' }, sentAt: '' };
  replyOf(await resolve({ ...context, payload: { vm: 'vm-1' }, redelivered: false }));
  expect(reads.sort()).toEqual([
    ...['clusters default', 'networks red', 'qos slow'],
    ...['vms vm-1', 'vnic-profiles gold', 'vnic-profiles plain'],
  ]);
});

it('a run locks its VM, which is up until the run ends', async () => {
  const begun = replyOf(await begin('p1'));
  expect(begun).toMatchObject({ placementId: 'p1', vnics: [{ name: 'nic1' }, { name: 'nic2' }, { name: 'nic3' }] });
  expect(await statusOf()).toBe('up');
  expect(replyOf(await begin('p1'))).toEqual(begun);
  expect(codesOf(await begin('p2'))).toEqual(['VM_IS_RUNNING']);
  replyOf(await end('p2'));
  expect(await statusOf()).toBe('up');
  replyOf(await end('p1'));
  replyOf(await end('p1'));
  expect(await statusOf()).toBe('down');
  expect(replyOf(await begin('p2')).placementId).toBe('p2');
  expect(replyOf(await world.ask(EndRun, { vm: 'nope', placementId: 'p1' }))).toEqual({});
});

it('a run ends by the id of its VM, which is what the VM is called all the while', async () => {
  replyOf(await begin('p1'));
  replyOf(await world.ask(UpdateVm, { vm: 'vm-1', fields: { name: 'renamed' } }));
  replyOf(await world.ask(EndRun, { vm: 'renamed', placementId: 'p1' }));
  expect(await statusOf()).toBe('up');
  replyOf(await end('p1'));
  expect(await statusOf()).toBe('down');
});

it('a VM that runs keeps its plugged vNICs, its cluster and itself', async () => {
  replyOf(await begin('p1'));
  const on = { vm: 'vm-1', vnic: 'nic1' };
  expect(codesOf(await world.ask(UpdateVnic, { ...on, fields: { name: 'eth0' } }))).toEqual([
    'CANNOT_PERFORM_HOT_UPDATE',
  ]);
  expect(codesOf(await world.ask(RemoveVnic, on))).toEqual(['CANNOT_PERFORM_HOT_UPDATE']);
  expect(codesOf(await world.ask(RemoveVm, { vm: 'vm-1' }))).toEqual(['VM_IS_RUNNING']);
  replyOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic4' }));
  expect(replyOf(await world.ask(UpdateVm, { vm: 'vm-1', fields: { name: 'web' }, ifVersion: 1 })).status).toBe('up');
});

it('a vNIC is plugged for the placement that runs its VM, and the reply is the VM as it is then', async () => {
  const plug = (plugged: boolean, placementId = 'p1', vm = 'vm-1') =>
    world.ask(SetPlugged, { vm, vnic: 'vm-1-nic4', placementId, plugged });
  expect(codesOf(await plug(true))).toEqual(['VM_IS_NOT_RUNNING']);
  expect(codesOf(await plug(true, 'p1', 'nope'))).toEqual(['VM_NOT_EXIST']);
  replyOf(await begin('p1'));
  for (const _ of ['first', 'again'])
    expect(replyOf(await plug(true)).vnics.map(({ name }) => name)).toEqual(['nic1', 'nic2', 'nic3', 'nic4']);
  expect(codesOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic4' }))).toEqual(['CANNOT_PERFORM_HOT_UPDATE']);
  expect(replyOf(await plug(false)).vnics).toHaveLength(3);
  replyOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic4' }));
  expect(codesOf(await plug(true))).toEqual(['VNIC_NOT_EXIST']);
});

it('VMs that run are listed with their placements, page by page', async () => {
  for (const id of ['vm-0', 'vm-2', 'vm-3']) await world.addVm(id);
  for (const vm of ['vm-3', 'vm-0', 'vm-1']) replyOf(await world.ask(BeginRun, { vm, placementId: `of-${vm}` }));
  const first = replyOf(await world.ask(ListRunning, { limit: 2 }));
  expect(first.items).toEqual([
    { vmId: 'vm-0', placementId: 'of-vm-0' },
    { vmId: 'vm-1', placementId: 'of-vm-1' },
  ]);
  replyOf(await world.ask(EndRun, { vm: 'vm-1', placementId: 'of-vm-1' }));
  const second = replyOf(await world.ask(ListRunning, { limit: 2, cursor: first.next ?? '' }));
  expect(second).toEqual({ items: [{ vmId: 'vm-3', placementId: 'of-vm-3' }], next: null });
});

/** The collections of a store, that tell of every document they read. */
async function counted(store: DocumentStore, tell: (what: string) => void): Promise<OwnedCollections> {
  const told = <Body>(documents: Documents<Body>) => ({
    documents: {
      ...documents,
      get: (id: string) => {
        tell(`${documents.collection.name} ${id}`);
        return documents.get(id);
      },
      find: (...[key, value, page]: Parameters<Documents<Body>['find']>) => {
        tell(`${documents.collection.name} ${value}`);
        return documents.find(key, value, page);
      },
    },
  });
  return {
    clusters: told(await store.open(CLUSTERS)),
    networks: told(await store.open(NETWORKS)),
    qos: told(await store.open(QOS)),
    vnicProfiles: told(await store.open(VNIC_PROFILES)),
    vms: told(await store.open(VMS)),
  } as unknown as OwnedCollections;
}
