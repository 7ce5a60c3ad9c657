import { reactsTo } from '@vfleet/bus/bus';
import { AddCluster, RemoveCluster } from '@vfleet/contracts/policy/clusters';
import { AddNetwork } from '@vfleet/contracts/policy/networks';
import { BeginRun, EndRun, ResolveVnics } from '@vfleet/contracts/policy/runs';
import {
  AddVm,
  AddVnic,
  GetVm,
  GetVnic,
  ListVms,
  ListVnics,
  RemoveVm,
  RemoveVnic,
  UpdateVm,
  UpdateVnic,
  VmChanged,
} from '@vfleet/contracts/policy/vms';
import { AddVnicProfile } from '@vfleet/contracts/policy/vnic-profiles';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codesOf, replyOf } from './testing/policy-under-test.ts';
import { vmWorld } from './testing/vm-world.ts';

const DEFAULT = { id: 'default', name: 'Default' };
const RED = { id: 'red', name: 'red' };

let world: Awaited<ReturnType<typeof vmWorld>>;

beforeEach(async () => {
  world = await vmWorld();
});
afterEach(() => world.close());

describe('a VM', () => {
  it('is in the cluster Default unless told, is down and has no vNICs', async () => {
    const shown = {
      ...{ id: 'vm-1', name: 'VM-1', description: '', status: 'down', cluster: DEFAULT, host: null },
      ...{ numa_node: null, policy: null, domain_xml: null, nics: [] },
    };
    expect(await world.addVm('VM-1')).toEqual(shown);
    expect(replyOf(await world.ask(GetVm, { vm: 'VM-1' }))).toEqual({ resource: shown, version: 1 });
  });

  it('comes into no cluster that is not there', async () => {
    const asked = { vmId: 'v1', fields: { name: 'vm-1', cluster: { name: 'old' } } };
    expect(codesOf(await world.ask(AddVm, asked))).toEqual(['CLUSTER_NOT_EXIST']);
    replyOf(await world.ask(AddCluster, { clusterId: 'c2', fields: { name: 'old' } }));
    expect(replyOf(await world.ask(AddVm, asked)).cluster).toEqual({ id: 'c2', name: 'old' });
    expect(codesOf(await world.ask(RemoveCluster, { cluster: 'old' }))).toEqual(['CLUSTER_IN_USE']);
  });

  it('has a name that no other one has, when made and when changed', async () => {
    await world.addVm('vm-1');
    await world.addVm('vm-2');
    const taken = { vmId: 'v3', fields: { name: 'vm-1', cluster: { name: 'nope' } } };
    expect(codesOf(await world.ask(AddVm, taken))).toEqual(['CLUSTER_NOT_EXIST', 'VM_NAME_IN_USE']);
    const renamed = await world.ask(UpdateVm, { vm: 'vm-2', fields: { name: 'vm-1' } });
    expect(codesOf(renamed)).toEqual(['VM_NAME_IN_USE']);
  });

  it('is changed with its vNICs as they are, and is at a new version', async () => {
    await world.addProfile('gold', { pass_through: 'enabled' });
    await world.addVm('vm-1');
    await world.addVnic('vm-1', 'nic1', { vnic_profile: { name: 'gold' } });
    const changed = replyOf(await world.ask(UpdateVm, { vm: 'vm-1', fields: { numa_node: 1 }, ifVersion: 1 }));
    expect(changed).toMatchObject({ numa_node: 1, nics: [{ name: 'nic1', network: RED }] });
    expect(replyOf(await world.ask(GetVm, { vm: 'vm-1' })).version).toBe(2);
    const late = await world.ask(UpdateVm, { vm: 'vm-1', fields: { numa_node: 0 }, ifVersion: 1 });
    expect(codesOf(late)).toEqual(['PRECONDITION_FAILED']);
  });

  it('moves to no cluster that is too old for its vNICs', async () => {
    await world.addProfile('gold', { pass_through: 'preferred' });
    replyOf(await world.ask(AddCluster, { clusterId: 'c2', fields: { name: 'old', compatibility_version: '3.5' } }));
    await world.addVm('vm-1');
    await world.addVnic('vm-1', 'nic1', { vnic_profile: { name: 'gold' } });
    const move = { vm: 'vm-1', fields: { cluster: { name: 'old' } } };
    expect(codesOf(await world.ask(UpdateVm, move))).toEqual(['PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL']);
    replyOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic1' }));
    expect(replyOf(await world.ask(UpdateVm, move)).cluster.name).toBe('old');
  });

  it('is removed with its vNICs, whose MAC addresses are free again', async () => {
    await world.addVm('vm-1');
    const { mac } = await world.addVnic('vm-1', 'nic1');
    replyOf(await world.ask(RemoveVm, { vm: 'vm-1' }));
    expect(codesOf(await world.ask(GetVm, { vm: 'vm-1' }))).toEqual(['VM_NOT_EXIST']);
    await world.addVm('vm-2');
    expect((await world.addVnic('vm-2', 'nic1', { mac })).mac).toBe(mac);
  });

  it('is found by its name in a list in the order of names, a page at a time', async () => {
    for (const name of ['web-2', 'db-1', 'Web-1']) await world.addVm(name);
    await world.addVnic('db-1', 'nic1');
    const first = replyOf(await world.ask(ListVms, { limit: 2 }));
    expect(first.items.map(({ name, nics }) => [name, nics.length])).toEqual([
      ['db-1', 1],
      ['Web-1', 0],
    ]);
    const second = replyOf(await world.ask(ListVms, { limit: 2, cursor: first.next ?? '' }));
    expect(second).toMatchObject({ items: [{ name: 'web-2' }], next: null });
    const found = replyOf(await world.ask(ListVms, { limit: 9, name: 'WEB*' }));
    expect(found.items.map(({ name }) => name)).toEqual(['Web-1', 'web-2']);
  });

  it('makes a page end early when it would be too large for a message', async () => {
    const domain = 'x'.repeat(65_536);
    for (let number = 10; number < 75; number++) await world.addVm(`vm-${number}`, { domain_xml: domain });
    const first = replyOf(await world.ask(ListVms, { limit: 1000 }));
    expect(JSON.stringify(first).length).toBeLessThan(4_100_000);
    const second = replyOf(await world.ask(ListVms, { limit: 1000, cursor: first.next ?? '' }));
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
      Array.from({ length: 65 }, (_, number) => `vm-${number + 10}`),
    );
  });

  it('tells of every change', async () => {
    const told: unknown[] = [];
    await world.client.follow([reactsTo(VmChanged, async ({ payload }) => void told.push(payload))]);
    await world.addVm('vm-1');
    await world.addVnic('vm-1', 'nic1', { plugged: false });
    await world.ask(UpdateVnic, { vm: 'vm-1', vnic: 'nic1', fields: { linked: false } });
    await world.ask(UpdateVnic, { vm: 'vm-1', vnic: 'nic1', fields: { linked: false } });
    await world.ask(BeginRun, { vm: 'vm-1', placementId: 'p1' });
    await world.ask(EndRun, { vm: 'vm-1', placementId: 'p1' });
    await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic1' });
    await world.ask(RemoveVm, { vm: 'vm-1' });
    await world.idle();
    const changes = ['added', ...Array(5).fill('updated'), 'removed'].map((change) => ({ vmId: 'vm-1', change }));
    expect(told).toEqual(changes);
  });
});

describe('a vNIC', () => {
  beforeEach(async () => {
    await world.addProfile('gold', { pass_through: 'enabled' });
    await world.addProfile('plain', {});
    await world.addVm('vm-1');
    await world.addVm('vm-2');
  });

  it('is shown with its profile, network and MAC address from the pool', async () => {
    const added = await world.addVnic('vm-1', 'nic1', { vnic_profile: { name: 'gold' } });
    expect(added).toEqual({
      ...{ id: 'vm-1-nic1', name: 'nic1', interface: 'pci_passthrough', vnic_profile: { id: 'gold', name: 'gold' } },
      ...{ network: RED, mac: expect.stringMatching(/^02:56:46(:[0-9a-f]{2}){3}$/), plugged: true, linked: true },
      ...{
        boot_order: null,
        custom_mtu: null,
        mac_spoofing: false,
        pinned_vf: null,
        guest_pci_address: null,
        vf: null,
        degraded: false,
      },
    });
    expect(replyOf(await world.ask(GetVnic, { vm: 'vm-1', vnic: 'nic1' }))).toEqual({ resource: added, version: 1 });
    const got = replyOf(await world.ask(GetVm, { vm: 'vm-1' }));
    expect(got).toMatchObject({ version: 1, resource: { nics: [added] } });
  });

  it('has a MAC address that no vNIC of any VM has, and the refusal names who has it', async () => {
    const { mac } = await world.addVnic('vm-1', 'nic1');
    const added = await world.ask(AddVnic, { vm: 'vm-2', vnicId: 'n2', fields: { name: 'nic1', mac } });
    const detail = expect.stringMatching(/nic1 .*vm-1/);
    expect(added).toMatchObject({ refusals: [{ code: 'NETWORK_MAC_ADDRESS_IN_USE', detail }] });
    await world.addVnic('vm-2', 'nic2');
    const changed = await world.ask(UpdateVnic, { vm: 'vm-2', vnic: 'nic2', fields: { mac } });
    expect(codesOf(changed)).toEqual(['NETWORK_MAC_ADDRESS_IN_USE']);
    const same = await world.ask(UpdateVnic, { vm: 'vm-1', vnic: 'nic1', fields: { mac, linked: false } });
    expect(replyOf(same)).toMatchObject({ mac, linked: false });
  });

  it('has an id that no vNIC of any VM has', async () => {
    await world.addVnic('vm-1', 'nic1');
    const added = await world.ask(AddVnic, { vm: 'vm-2', vnicId: 'vm-1-nic1', fields: { name: 'nic2' } });
    expect(codesOf(added)).toEqual(['ID_ALREADY_USED']);
  });

  it('refers to a profile that is there and that it means alone', async () => {
    const add = (name: string) =>
      world.ask(AddVnic, { vm: 'vm-1', vnicId: 'n1', fields: { name: 'nic1', vnic_profile: { name } } });
    expect(codesOf(await add('nope'))).toEqual(['VNIC_PROFILE_NOT_EXIST']);
    replyOf(await world.ask(AddNetwork, { networkId: 'blue', fields: { name: 'blue' } }));
    await world.addProfile('Tin', {});
    const tin = { name: 'Tin', network: { id: 'blue' } };
    replyOf(await world.ask(AddVnicProfile, { vnicProfileId: 'p9', fields: tin }));
    expect(codesOf(await add('Tin'))).toEqual(['VNIC_PROFILE_NAME_AMBIGUOUS']);
  });

  it('is changed to another profile and back to none, and is at a new version', async () => {
    await world.addVnic('vm-1', 'nic1', { vnic_profile: { name: 'gold' } });
    const change = (fields: object, ifVersion: number) =>
      world.ask(UpdateVnic, { vm: 'vm-1', vnic: 'nic1', fields, ifVersion });
    expect(codesOf(await change({ vnic_profile: { name: 'plain' } }, 1))).toEqual([
      'VM_INTERFACE_TYPE_NOT_MATCH_PROFILE',
    ]);
    const plain = replyOf(await change({ vnic_profile: { name: 'plain' }, interface: 'virtio' }, 1));
    expect(plain).toMatchObject({ vnic_profile: { name: 'plain' }, network: RED, interface: 'virtio' });
    expect(codesOf(await change({ vnic_profile: null }, 1))).toEqual(['PRECONDITION_FAILED']);
    expect(replyOf(await change({ vnic_profile: null }, 2))).toMatchObject({ vnic_profile: null, network: null });
  });

  it('is as a GET shows it after that was put back', async () => {
    const added = await world.addVnic('vm-1', 'nic1', { vnic_profile: { name: 'gold' }, boot_order: 1 });
    const fields = UpdateVnic.request.parse({ vm: 'vm-1', vnic: 'nic1', fields: added });
    expect(replyOf(await world.ask(UpdateVnic, fields))).toEqual(added);
    expect(replyOf(await world.ask(GetVnic, { vm: 'vm-1', vnic: 'nic1' })).version).toBe(1);
  });

  it('is gone when it was removed', async () => {
    await world.addVnic('vm-1', 'nic1');
    replyOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic1' }));
    expect(codesOf(await world.ask(GetVnic, { vm: 'vm-1', vnic: 'nic1' }))).toEqual(['VNIC_NOT_EXIST']);
    expect(codesOf(await world.ask(RemoveVnic, { vm: 'vm-1', vnic: 'nic1' }))).toEqual(['VNIC_NOT_EXIST']);
  });

  it('is listed in the order of names, a page at a time', async () => {
    for (const name of ['nic2', 'Nic1', 'eth0']) await world.addVnic('vm-1', name, { vnic_profile: { name: 'gold' } });
    const first = replyOf(await world.ask(ListVnics, { vm: 'vm-1', limit: 2 }));
    expect(first.items.map(({ name }) => name)).toEqual(['eth0', 'Nic1']);
    const second = replyOf(await world.ask(ListVnics, { vm: 'vm-1', limit: 2, cursor: first.next ?? '' }));
    expect(second).toMatchObject({ items: [{ name: 'nic2', network: RED }], next: null });
  });

  it('is of a VM that is there', async () => {
    const on = { vm: 'nope', vnic: 'nic1' };
    const asked = [
      world.ask(AddVnic, { vm: 'nope', vnicId: 'n1', fields: { name: 'nic1' } }),
      world.ask(UpdateVnic, { ...on, fields: {} }),
      world.ask(RemoveVnic, on),
      world.ask(GetVnic, on),
      world.ask(ListVnics, { vm: 'nope', limit: 2 }),
      world.ask(ResolveVnics, { vm: 'nope' }),
      world.ask(BeginRun, { vm: 'nope', placementId: 'p1' }),
    ];
    for (const verdict of await Promise.all(asked)) expect(codesOf(verdict)).toEqual(['VM_NOT_EXIST']);
  });
});
