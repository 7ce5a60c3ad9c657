import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type FlowSystem, startFlowSystem } from './flow-system.ts';

let system: FlowSystem;

beforeEach(async () => {
  system = await startFlowSystem({ otherHosts: [withoutTime(DEMO_SCENARIOS.bravo)] });
  await system.post('/api/networks', { id: 'red', name: 'red', vlan_id: 100 });
  const red = { id: 'red' };
  await system.post('/api/vnicprofiles', { id: 'red-vf', name: 'red-vf', network: red, pass_through: 'enabled' });
  await system.post('/api/vnicprofiles', {
    id: 'moving',
    name: 'moving',
    network: red,
    pass_through: 'enabled',
    migratable: true,
  });
  await system.post('/api/vnicprofiles', { id: 'maybe', name: 'maybe', network: red, pass_through: 'preferred' });
  for (const host of system.machines.keys()) {
    await system.until(`/api/hosts/${host}`, ({ status, pfs }) => status === 'up' && pfs > 0);
  }
});
afterEach(() => system.close());

/** Gives the first PF of a host a number of VFs. */
async function vfs(host: string, count: number): Promise<string> {
  const { body } = await system.get(`/api/hosts/${host}/nics`);
  const pf = body.items.find(({ vfs_config: config }: { vfs_config: unknown }) => config !== null);
  const path = `/api/hosts/${host}/nics/${pf.name}/vfsConfig`;
  expect((await system.put(path, { num_of_vfs: count })).status).toBe(200);
  return path;
}

async function addVm(name: string, ...profiles: string[]): Promise<string> {
  await system.post('/api/vms', { id: name, name });
  for (const [index, profile] of profiles.entries()) {
    const nic = { id: `${name}-${index + 1}`, name: `nic${index + 1}`, interface: 'pci_passthrough' };
    await system.post(`/api/vms/${name}/nics`, { ...nic, vnic_profile: { id: profile } });
  }
  return `/api/vms/${name}`;
}

const nicOf = ({ body }: Answer, index = 0) => body.nics[index];
const hostNames = () => [...system.machines.keys()];
/** The machine on which a VM runs. */
const machineOf = ({ body }: Answer) => {
  const machine = system.machines.get(body.host.id);
  if (!machine) throw new Error(`${body.host.id} is no host`);
  return machine;
};

describe('a virtual machine with a passthrough vNIC', () => {
  it('gets a VF that is prepared while it runs, and clean again when it has stopped', async () => {
    await vfs(system.host, 2);
    const vm = await addVm('vm-a', 'red-vf');
    const started = await system.post(`${vm}/start`, {});
    expect(started).toMatchObject({ status: 200, body: { status: 'up', host: { id: system.host } } });
    const { vf, mac } = nicOf(started);
    expect(vf).toMatchObject({ vlan: 100, state: 'attached' });
    expect(system.machine.vfSettings(vf.pci_address)).toMatchObject({ mac, vlanId: 100 });
    expect(system.machine.domainsNow()).toMatchObject([
      { vmId: 'vm-a', interfaces: [{ vf: { pciAddress: vf.pci_address } }] },
    ]);
    const { items } = (await system.get(`/api/hosts/${system.host}/nics`)).body;
    const shown = items.find(({ pci_address: address }: { pci_address: string }) => address === vf.pci_address);
    expect(shown.vf).toMatchObject({
      free: false,
      state: 'attached',
      claim: { vm: { id: 'vm-a', name: 'vm-a' }, vnic: { name: 'nic1' } },
    });

    const stopped = await system.post(`${vm}/stop`, {});
    expect(stopped).toMatchObject({ status: 200, body: { status: 'down', host: null } });
    expect(nicOf(stopped).vf).toBe(null);
    expect(system.machine.vfSettings(vf.pci_address)).toMatchObject({ vlanId: 0 });
    expect(system.machine.domainsNow()).toEqual([]);
    await system.until(`/api/hosts/${system.host}/nics/${shown.id}`, (nic) => nic.vf.free === true);
  });

  it('keeps its PF from being resized, names who holds it, and lets it go when it has stopped', async () => {
    const config = await vfs(system.host, 2);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const refused = await system.put(config, { num_of_vfs: 4 });
    expect(refused.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' });
    expect(refused.body.detail).toContain('vm-a');
    await system.post(`${vm}/stop`, {});
    expect((await system.put(config, { num_of_vfs: 4 })).body).toMatchObject({ existing_num_of_vfs: 4 });
  });

  it('is refused with every host and reason when none fits, and nothing is left', async () => {
    const vm = await addVm('vm-a', 'red-vf');
    const refused = await system.post(`${vm}/start`, {});
    expect(refused.body).toMatchObject({ status: 409, code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' });
    for (const host of hostNames()) expect(refused.text).toContain(host);
    expect((await system.get(vm)).body).toMatchObject({ status: 'down', host: null });
  });

  it('F37: is started on the next host when the first one fails, and leaves no claim on that', async () => {
    for (const host of hostNames()) await vfs(host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    const { body } = await system.post(`${vm}/schedule`, {});
    const [best, second] = body.hosts.map(({ host }: { host: { id: string } }) => host.id);
    system.machines.get(best)?.inject({ kind: 'start-fails', message: 'no memory left' });
    expect(await system.post(`${vm}/start`, {})).toMatchObject({ status: 200, body: { host: { id: second } } });
    expect(system.machines.get(best)?.domainsNow()).toEqual([]);
    await system.until(`/api/hosts/${best}`, ({ free_vfs: free }) => free === 1);
  });

  it('tells all reasons when every host has failed', async () => {
    for (const host of hostNames()) await vfs(host, 1);
    for (const machine of system.machines.values()) machine.inject({ kind: 'start-fails', message: 'no memory left' });
    const vm = await addVm('vm-a', 'red-vf');
    const failed = await system.post(`${vm}/start`, {});
    expect(failed.status).toBe(409);
    expect(failed.text.match(/no memory left/g)?.length).toBeGreaterThanOrEqual(2);
    expect((await system.get(vm)).body.status).toBe('down');
  });

  it('F36: gives its VF back when its domain dies', async () => {
    await vfs(system.host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    system.machine.killDomain('vm-a');
    await system.until(vm, ({ status }) => status === 'down');
    await system.until(`/api/hosts/${system.host}`, ({ free_vfs: free }) => free === 1);
  });

  it('runs on over a restart of everything else', async () => {
    await vfs(system.host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    const before = await system.post(`${vm}/start`, {});
    await system.restart();
    await system.until(`/api/hosts/${system.host}`, ({ status }) => status === 'up');
    const after = await system.until(vm, ({ status }) => status === 'up');
    expect(nicOf(after).vf).toEqual(nicOf(before).vf);
    expect((await system.post(`${vm}/stop`, {})).body.status).toBe('down');
  });
});

describe('plugging', () => {
  it('gives a running virtual machine one more VF and takes it back', async () => {
    await vfs(system.host, 2);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const nic = {
      id: 'vm-a-2',
      name: 'nic2',
      interface: 'pci_passthrough',
      vnic_profile: { id: 'red-vf' },
      plugged: false,
    };
    expect((await system.post(`${vm}/nics`, nic)).status).toBe(201);
    const plugged = await system.post(`${vm}/nics/nic2/activate`, {});
    expect(nicOf(plugged, 1)).toMatchObject({ plugged: true, vf: { state: 'attached' } });
    expect(system.machine.domainsNow()[0]?.interfaces).toHaveLength(2);

    const unplugged = await system.post(`${vm}/nics/nic2/deactivate`, {});
    expect(nicOf(unplugged, 1)).toMatchObject({ plugged: false, vf: null });
    expect(system.machine.domainsNow()[0]?.interfaces).toHaveLength(1);
  });

  it('is refused without a free VF, and unplugging when the guest holds on', async () => {
    await vfs(system.host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const nic = { name: 'nic2', interface: 'pci_passthrough', vnic_profile: { id: 'red-vf' }, plugged: false };
    await system.post(`${vm}/nics`, nic);
    const refused = await system.post(`${vm}/nics/nic2/activate`, {});
    expect(refused.body).toMatchObject({ code: 'CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF', status: 409 });
    expect(nicOf(await system.get(vm), 1)).toMatchObject({ plugged: false });

    system.machine.inject({ kind: 'guest-refuses-unplug', says: true });
    const held = await system.post(`${vm}/nics/nic1/deactivate`, {});
    expect(held.body).toMatchObject({ code: 'GUEST_REFUSED_UNPLUG', status: 409 });
    expect(nicOf(await system.get(vm))).toMatchObject({ plugged: true, vf: { state: 'attached' } });
  });
});

describe('a preferred vNIC', () => {
  it('falls back to the bridge, is shown as degraded, and is upgraded on request', async () => {
    const [host] = hostNames();
    await system.post(`/api/hosts/${host}/nics/eno1/networks`, { id: 'red' });
    const vm = await addVm('vm-a', 'maybe');
    const started = await system.post(`${vm}/start`, {});
    expect(started).toMatchObject({ status: 200, body: { host: { id: host } } });
    expect(nicOf(started)).toMatchObject({ degraded: true, vf: null });
    await vfs(system.host, 1);
    const upgraded = await system.post(`${vm}/nics/nic1/upgrade`, {});
    expect(nicOf(upgraded)).toMatchObject({ degraded: false, vf: { state: 'attached' } });
  });
});

describe('migration', () => {
  it('claims at the destination, moves, plugs there, and gives the VF at the source back', async () => {
    for (const host of hostNames()) await vfs(host, 1);
    const vm = await addVm('vm-a', 'moving');
    const started = await system.post(`${vm}/start`, {});
    const source = started.body.host.id;
    const moved = await system.post(`${vm}/migrate`, {});
    expect(moved.status).toBe(200);
    expect(moved.body.host.id).not.toBe(source);
    expect(nicOf(moved)).toMatchObject({ mac: nicOf(started).mac, vf: { state: 'attached' } });
    expect(machineOf(moved).domainsNow()).toMatchObject([{ vmId: 'vm-a' }]);
    expect(system.machines.get(source)?.domainsNow()).toEqual([]);
    await system.until(`/api/hosts/${source}`, ({ free_vfs: free }) => free === 1);
  });

  it('F37, F62: plugs back at the source when it fails, and frees the VF at the destination', async () => {
    for (const host of hostNames()) await vfs(host, 1);
    const vm = await addVm('vm-a', 'moving');
    const started = await system.post(`${vm}/start`, {});
    machineOf(started).inject({ kind: 'migrate-fails', message: 'the connection was reset' });
    const failed = await system.post(`${vm}/migrate`, {});
    expect(failed.body).toMatchObject({ status: 409, code: 'MIGRATION_FAILED' });
    const after = await system.get(vm);
    expect(after.body).toMatchObject({ status: 'up', host: started.body.host });
    expect(nicOf(after)).toMatchObject({ vf: { pci_address: nicOf(started).vf.pci_address, state: 'attached' } });
    for (const host of hostNames().filter((id) => id !== started.body.host.id)) {
      await system.until(`/api/hosts/${host}`, ({ free_vfs: free }) => free === 1);
    }
  });

  it('F62: is refused before anything is unplugged when no other host has a VF', async () => {
    await vfs(system.host, 1);
    const vm = await addVm('vm-a', 'moving');
    const started = await system.post(`${vm}/start`, {});
    const refused = await system.post(`${vm}/migrate`, {});
    expect(refused.body).toMatchObject({ status: 409, code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' });
    const after = (await system.get(vm)).body;
    expect(after).toMatchObject({ status: 'up', nics: [{ vf: nicOf(started).vf }] });
    expect(machineOf(started).domainsNow()[0]?.interfaces).toHaveLength(1);
  });

  it('is refused while a vNIC is not migratable', async () => {
    for (const host of hostNames()) await vfs(host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const refused = await system.post(`${vm}/migrate`, {});
    expect(refused.body).toMatchObject({ status: 409, code: 'VNICS_NOT_MIGRATABLE' });
    expect(refused.text).toContain('nic1');
  });
});

describe('what administrators do at the wrong moment', () => {
  it('F35: of two virtual machines that are started at once on the last VF one gets it', async () => {
    await vfs(system.host, 1);
    const vms = [await addVm('vm-a', 'red-vf'), await addVm('vm-b', 'red-vf')];
    const answers = await Promise.all(vms.map((vm) => system.post(`${vm}/start`, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(system.machine.domainsNow()).toHaveLength(1);
  });

  it('F57: a drained PF is changed although the host is rebooted in between, and serves again', async () => {
    const config = await vfs(system.host, 2);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const plan = (await system.post(`${config}/plan`, { num_of_vfs: 3 })).body;
    expect(plan.vms).toMatchObject([{ id: 'vm-a' }]);
    await system.post(`/api/hosts/${system.host}/maintenance`, {});
    await system.machine.reboot();
    await system.restart();
    await system.until(vm, ({ status }) => status === 'down', 40_000);
    await system.until(`/api/hosts/${system.host}`, (host) => host.status === 'maintenance' && host.vfs_in_use === 0);
    expect((await system.put(config, { num_of_vfs: 3 })).body).toMatchObject({ existing_num_of_vfs: 3 });
    await system.post(`/api/hosts/${system.host}/activate`, {});
    expect((await system.post(`${vm}/start`, {})).body).toMatchObject({ status: 'up' });
  });

  it('F63: a plugged vNIC and its profile are not changed under a running virtual machine', async () => {
    await vfs(system.host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const edited = await system.put(`${vm}/nics/nic1`, { vnic_profile: { id: 'moving' } });
    expect(edited.body).toMatchObject({ status: 409, code: 'CANNOT_PERFORM_HOT_UPDATE' });
    const profile = await system.put('/api/vnicprofiles/red-vf', { pass_through: 'disabled' });
    expect(profile.body).toMatchObject({ status: 409, code: 'VNIC_PROFILE_IN_ONE_USE' });
  });
});

describe('a host that is gone for good', () => {
  it('is not confirmed as powered off while its agent is heard', async () => {
    await vfs(system.host, 1);
    const vm = await addVm('vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const path = `/api/hosts/${system.host}/confirm-powered-off`;
    expect((await system.post(path, {})).body).toMatchObject({ code: 'HOST_IS_UP', status: 409 });
  });
});
