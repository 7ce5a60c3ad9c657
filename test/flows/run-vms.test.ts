import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowSystem } from './flow-system.ts';
import { addVm, giveVfs, nicOf, startVmFleet } from './vm-fleet.ts';

let system: FlowSystem;

beforeEach(async () => {
  system = await startVmFleet();
});
afterEach(() => system.close());

describe('a virtual machine with a passthrough vNIC', () => {
  it('gets a VF that is prepared while it runs, and clean again when it has stopped', async () => {
    await giveVfs(system, system.host, 2);
    const vm = await addVm(system, 'vm-a', 'red-vf');
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
    const config = await giveVfs(system, system.host, 2);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const refused = await system.put(config, { num_of_vfs: 4 });
    expect(refused.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' });
    expect(refused.body.detail).toContain('vm-a');
    await system.post(`${vm}/stop`, {});
    expect((await system.put(config, { num_of_vfs: 4 })).body).toMatchObject({ existing_num_of_vfs: 4 });
  });

  it('is refused with every host and reason when none fits, and nothing is left', async () => {
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const refused = await system.post(`${vm}/start`, {});
    expect(refused.body).toMatchObject({ status: 409, code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' });
    for (const host of [...system.machines.keys()]) expect(refused.text).toContain(host);
    expect((await system.get(vm)).body).toMatchObject({ status: 'down', host: null });
  });

  it('F37: is started on the next host when the first one fails, and leaves no claim on that', async () => {
    for (const host of [...system.machines.keys()]) await giveVfs(system, host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const { body } = await system.post(`${vm}/schedule`, {});
    const [best, second] = body.hosts.map(({ host }: { host: { id: string } }) => host.id);
    system.machines.get(best)?.inject({ kind: 'start-fails', message: 'no memory left' });
    expect(await system.post(`${vm}/start`, {})).toMatchObject({ status: 200, body: { host: { id: second } } });
    expect(system.machines.get(best)?.domainsNow()).toEqual([]);
    await system.until(`/api/hosts/${best}`, ({ free_vfs: free }) => free === 1);
  });

  it('tells all reasons when every host has failed', async () => {
    for (const host of [...system.machines.keys()]) await giveVfs(system, host, 1);
    for (const machine of system.machines.values()) machine.inject({ kind: 'start-fails', message: 'no memory left' });
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const failed = await system.post(`${vm}/start`, {});
    expect(failed.status).toBe(409);
    expect(failed.text.match(/no memory left/g)?.length).toBeGreaterThanOrEqual(2);
    expect((await system.get(vm)).body.status).toBe('down');
  });

  it('F36: gives its VF back when its domain dies', async () => {
    await giveVfs(system, system.host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    system.machine.killDomain('vm-a');
    await system.until(vm, ({ status }) => status === 'down');
    await system.until(`/api/hosts/${system.host}`, ({ free_vfs: free }) => free === 1);
  });

  it('runs on over a restart of everything else', async () => {
    await giveVfs(system, system.host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
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
    await giveVfs(system, system.host, 2);
    const vm = await addVm(system, 'vm-a', 'red-vf');
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
    await giveVfs(system, system.host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
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
    const [host] = [...system.machines.keys()];
    await system.post(`/api/hosts/${host}/nics/eno1/networks`, { id: 'red' });
    const vm = await addVm(system, 'vm-a', 'maybe');
    const started = await system.post(`${vm}/start`, {});
    expect(started).toMatchObject({ status: 200, body: { host: { id: host } } });
    expect(nicOf(started)).toMatchObject({ degraded: true, vf: null });
    await giveVfs(system, system.host, 1);
    const upgraded = await system.post(`${vm}/nics/nic1/upgrade`, {});
    expect(nicOf(upgraded)).toMatchObject({ degraded: false, vf: { state: 'attached' } });
  });
});
