import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowSystem } from './flow-system.ts';
import { addVm, giveVfs, machineOf, nicOf, startVmFleet } from './vm-fleet.ts';

let system: FlowSystem;

beforeEach(async () => {
  system = await startVmFleet();
});
afterEach(() => system.close());

describe('migration', () => {
  it('claims at the destination, moves, plugs there, and gives the VF at the source back', async () => {
    for (const host of [...system.machines.keys()]) await giveVfs(system, host, 1);
    const vm = await addVm(system, 'vm-a', 'moving');
    const started = await system.post(`${vm}/start`, {});
    const source = started.body.host.id;
    const moved = await system.post(`${vm}/migrate`, {});
    expect(moved.status).toBe(200);
    expect(moved.body.host.id).not.toBe(source);
    expect(nicOf(moved)).toMatchObject({ mac: nicOf(started).mac, vf: { state: 'attached' } });
    expect(machineOf(system, moved).domainsNow()).toMatchObject([{ vmId: 'vm-a' }]);
    expect(system.machines.get(source)?.domainsNow()).toEqual([]);
    await system.until(`/api/hosts/${source}`, ({ free_vfs: free }) => free === 1);
  });

  it('F37, F62: plugs back at the source when it fails, and frees the VF at the destination', async () => {
    for (const host of [...system.machines.keys()]) await giveVfs(system, host, 1);
    const vm = await addVm(system, 'vm-a', 'moving');
    const started = await system.post(`${vm}/start`, {});
    machineOf(system, started).inject({ kind: 'migrate-fails', message: 'the connection was reset' });
    const failed = await system.post(`${vm}/migrate`, {});
    expect(failed.body).toMatchObject({ status: 409, code: 'MIGRATION_FAILED' });
    const after = await system.get(vm);
    expect(after.body).toMatchObject({ status: 'up', host: started.body.host });
    expect(nicOf(after)).toMatchObject({ vf: { pci_address: nicOf(started).vf.pci_address, state: 'attached' } });
    for (const host of [...system.machines.keys()].filter((id) => id !== started.body.host.id)) {
      await system.until(`/api/hosts/${host}`, ({ free_vfs: free }) => free === 1);
    }
  });

  it('F62: is refused before anything is unplugged when no other host has a VF', async () => {
    await giveVfs(system, system.host, 1);
    const vm = await addVm(system, 'vm-a', 'moving');
    const started = await system.post(`${vm}/start`, {});
    const refused = await system.post(`${vm}/migrate`, {});
    expect(refused.body).toMatchObject({ status: 409, code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' });
    const after = (await system.get(vm)).body;
    expect(after).toMatchObject({ status: 'up', nics: [{ vf: nicOf(started).vf }] });
    expect(machineOf(system, started).domainsNow()[0]?.interfaces).toHaveLength(1);
  });

  it('is refused while a vNIC is not migratable', async () => {
    for (const host of [...system.machines.keys()]) await giveVfs(system, host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const refused = await system.post(`${vm}/migrate`, {});
    expect(refused.body).toMatchObject({ status: 409, code: 'VNICS_NOT_MIGRATABLE' });
    expect(refused.text).toContain('nic1');
  });
});

describe('what administrators do at the wrong moment', () => {
  it('F35: of two virtual machines that are started at once on the last VF one gets it', async () => {
    await giveVfs(system, system.host, 1);
    const vms = [await addVm(system, 'vm-a', 'red-vf'), await addVm(system, 'vm-b', 'red-vf')];
    const answers = await Promise.all(vms.map((vm) => system.post(`${vm}/start`, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(system.machine.domainsNow()).toHaveLength(1);
  });

  it('F57: a drained PF is changed although the host is rebooted in between, and serves again', async () => {
    const config = await giveVfs(system, system.host, 2);
    const vm = await addVm(system, 'vm-a', 'red-vf');
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
    await giveVfs(system, system.host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const edited = await system.put(`${vm}/nics/nic1`, { vnic_profile: { id: 'moving' } });
    expect(edited.body).toMatchObject({ status: 409, code: 'CANNOT_PERFORM_HOT_UPDATE' });
    const profile = await system.put('/api/vnicprofiles/red-vf', { pass_through: 'disabled' });
    expect(profile.body).toMatchObject({ status: 409, code: 'VNIC_PROFILE_IN_ONE_USE' });
  });
});

describe('a host that is gone for good', () => {
  it('is not confirmed as powered off while its agent is heard', async () => {
    await giveVfs(system, system.host, 1);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await system.post(`${vm}/start`, {});
    const path = `/api/hosts/${system.host}/confirm-powered-off`;
    expect((await system.post(path, {})).body).toMatchObject({ code: 'HOST_IS_UP', status: 409 });
  });
});
