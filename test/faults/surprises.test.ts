import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const IGB = '0000:05:00.0';
const FIRST_VF = '0000:05:10.0';
const MACHINE = FAULT_SCENARIOS.F9.machine;

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

describe('a PF that vanishes while a VM has a VF of it', () => {
  it('is told with the VM it hits, keeps its configuration, and is as it was wanted when it is back', async () => {
    const host = await addHost(fleet, MACHINE);
    const { id } = (await host.setVfs(2)).body;
    const vm = await addVm(fleet, host);
    await vm.start();
    host.machine.removePf(IGB);
    const { body: missing } = await fleet.until(host.config(), ({ state }) => state === 'missing');
    expect(missing).toMatchObject({ id, num_of_vfs: 2, existing_num_of_vfs: 0, health: { state: 'unhealthy' } });
    expect(missing.health.problems.map(({ code }: { code: string }) => code)).toContain('PF_MISSING');
    expect(missing.health.vms).toMatchObject([{ id: vm.id }]);
    const { body: shown } = await fleet.until(host.path, ({ differences }) => differences.length > 0);
    expect(shown.differences).toMatchObject([{ code: 'CLAIMED_VF_MISSING', pci_address: FIRST_VF }]);
    expect(shown.differences[0].remedy).toMatch(/Stop the virtual machine, or unplug the vNIC/);
    expect((await vm.show()).status).toBe('up');
    expect((await host.setVfs(3)).body).toMatchObject({ status: 409, code: 'PF_MISSING' });

    expect((await vm.stop()).body).toMatchObject({ status: 'down' });
    host.machine.returnPf(IGB);
    const { body: back } = await fleet.until(host.config(), ({ state }) => state !== 'missing');
    expect(back.id).toBe(id);
    await fleet.until(host.path, ({ differences }) => differences.length === 0);
    expect((await host.setVfs(2)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 2, drift: null });
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 2);
    expect((await vm.start()).body.status).toBe('up');
  });

  it('in the middle of a change fails it with what went away', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(2);
    await fleet.put(host.config(), { num_of_vfs: 7 }, { prefer: 'wait=0' });
    await fleet.pass(1500);
    host.machine.removePf(IGB);
    const { body } = await fleet.until(host.config(), ({ state }) => state === 'missing');
    expect(body.last_error.cause).toMatch(/went away during the write|there is no physical function at/);
    host.machine.returnPf(IGB);
    await fleet.until(host.config(), ({ state }) => state !== 'missing');
    expect((await host.setVfs(7)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 7, last_error: null });
  });
});

it('a host that reboots has its VFs again, its VMs are down, and no claim is left', async () => {
  const host = await addHost(fleet, MACHINE);
  await host.setVfs(4);
  const vms = [await addVm(fleet, host), await addVm(fleet, host, { vnics: 2 })];
  for (const vm of vms) expect((await vm.start()).body.status).toBe('up');
  expect((await host.reboot()).results).toMatchObject([{ outcome: 'restored', count: 4 }]);
  for (const vm of vms) await fleet.until(vm.path, ({ status, host: at }) => status === 'down' && at === null);
  const { body } = await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 4);
  expect(body).toMatchObject({ state: 'ready', drift: null, num_of_vfs_in_use: 0 });
  for (const vm of vms) expect((await vm.start()).body.status).toBe('up');
});

describe('a VF that goes though its PF counts it still', () => {
  it('is drift when nobody has it, and the same number repairs it', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(4);
    host.machine.removeVf('0000:05:10.4');
    const { body } = await fleet.until(host.config(), ({ drift }) => drift !== null);
    expect(body.drift).toMatchObject({ wanted: 4, existing: 3 });
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4, drift: null });
  });

  it('is told with the VM that had it, which starts again once the number is repaired', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(2);
    const vm = await addVm(fleet, host);
    await vm.start();
    host.machine.removeVf(FIRST_VF);
    const { body } = await fleet.until(host.config(), ({ health }) => health.problems.length > 0);
    expect(body.health.problems).toMatchObject([{ code: 'VF_GONE' }]);
    expect(body.health.vms).toMatchObject([{ id: vm.id }]);
    await vm.stop();
    expect((await vm.start()).text).toMatch(/something else than VFleet changed \(enp5s0f0: 2 wanted, 1 there/);
    expect((await fleet.post(`${host.config()}/repair`)).body).toMatchObject({ state: 'ready', drift: null });
    expect((await vm.start()).body.status).toBe('up');
  });
});

describe('a number of VFs that somebody else writes', () => {
  it('is drift, and can be adopted without touching a VF', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(4);
    await fleet.during(host.machine.writeByHand(IGB, 0));
    await fleet.during(host.machine.writeByHand(IGB, 2));
    const { body } = await fleet.until(host.config(), ({ drift }) => drift?.existing === 2);
    expect(body.drift).toMatchObject({ wanted: 4, existing: 2 });
    const writes = host.machine.writes().length;
    const { status, body: adopted } = await fleet.post(`${host.config()}/adopt`);
    expect(status).toBe(200);
    expect(adopted).toMatchObject({ state: 'ready', num_of_vfs: 2, existing_num_of_vfs: 2, drift: null });
    expect(host.machine.writes()).toHaveLength(writes);
    expect((await host.reboot()).results).toMatchObject([{ count: 2 }]);
  });

  it('is drift, and can be repaired', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(4);
    await fleet.during(host.machine.writeByHand(IGB, 0));
    await fleet.until(host.config(), ({ drift }) => drift !== null);
    const { body } = await fleet.post(`${host.config()}/repair`);
    expect(body).toMatchObject({ state: 'ready', num_of_vfs: 4, existing_num_of_vfs: 4, drift: null });
  });

  it('cannot take a VF from a VM: the kernel waits for it', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(1);
    const vm = await addVm(fleet, host);
    await vm.start();
    const byHand = host.machine.writeByHand(IGB, 0);
    await fleet.pass(120_000);
    expect((await vm.show()).status).toBe('up');
    await vm.stop();
    await fleet.during(byHand);
    await fleet.until(host.config(), ({ drift }) => drift !== null);
    expect((await host.setVfs(1)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 1 });
  });
});

describe('a PF that is not well', () => {
  it('without carrier is shown so, and kept out of scheduling only where its cluster says so', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(2);
    host.machine.setCarrier(IGB, false);
    const { body } = await fleet.until(host.config(), ({ health }) => health.carrier === false);
    expect(body).toMatchObject({ num_of_free_vfs: 2, health: { state: 'healthy' } });
    await fleet.put(`/api/clusters/${host.cluster}`, { require_carrier: true });
    const { body: kept } = await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 0);
    expect(kept.health).toMatchObject({ state: 'unhealthy', problems: [{ code: 'NO_CARRIER' }] });
    expect((await (await addVm(fleet, host)).start()).text).toMatch(/it has no carrier/);
    host.machine.setCarrier(IGB, true);
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 2);
  });

  it('with fatal PCIe errors gives out no VF until they are acknowledged; lesser ones are told alone', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(2);
    host.machine.inject({ kind: 'pcie-errors', pf: IGB, correctable: 12, nonFatal: 1 });
    const { body: degraded } = await fleet.until(host.config(), ({ health }) => health.state === 'degraded');
    expect(degraded).toMatchObject({ num_of_free_vfs: 2, health: { pcie_errors: { correctable: 12, non_fatal: 1 } } });
    host.machine.inject({ kind: 'pcie-errors', pf: IGB, fatal: 1 });
    const { body } = await fleet.until(host.config(), ({ health }) => health.state === 'unhealthy');
    expect(body.num_of_free_vfs).toBe(0);
    expect(body.health.problems.map(({ code }: { code: string }) => code)).toContain('PCIE_FATAL_ERRORS');
    const acknowledged = await fleet.post(`${host.config()}/acknowledge`);
    expect(acknowledged.status).toBe(200);
    await fleet.until(host.config(), ({ num_of_free_vfs: free, health }) => free === 2 && health.state === 'healthy');
  });

  it('that lost its driver while a VM has a VF names the VM, and is well when the driver is back', async () => {
    const host = await addHost(fleet, MACHINE);
    await host.setVfs(2);
    const vm = await addVm(fleet, host);
    await vm.start();
    const heal = host.machine.inject({ kind: 'driver-missing', pf: IGB, afterBootMs: null });
    const { body } = await fleet.until(host.config(), ({ health }) => health.state === 'unhealthy');
    expect(body.health).toMatchObject({ problems: [{ code: 'PF_DRIVER_LOST' }], vms: [{ id: vm.id }] });
    expect(body.num_of_free_vfs).toBe(0);
    heal();
    await fleet.until(host.config(), ({ health }) => health.state === 'healthy');
    expect((await vm.stop()).body.status).toBe('down');
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 2);
  });
});

it('a VF on vfio-pci whose holder nobody can read counts as in use, and is free when it is given back', async () => {
  const host = await addHost(fleet, MACHINE);
  await host.setVfs(2);
  host.machine.hold(FIRST_VF, { kind: 'vfio', process: null, readable: false });
  const held = await host.untilVf(FIRST_VF, (nic) => nic.vf.state === 'in_use');
  expect(held.vf.reasons.map(({ code }: { code: string }) => code)).toContain('VFIO_UNREADABLE');
  expect((await host.setVfs(3)).status).toBe(409);
  host.machine.letGo(FIRST_VF);
  await host.untilVf(FIRST_VF, (nic) => nic.vf.free);
});

it('a VF whose netdev was moved to another namespace while its PF changes is not removed', async () => {
  const host = await addHost(fleet, MACHINE);
  await host.setVfs(2);
  host.machine.hold(FIRST_VF, { kind: 'netns', name: 'router' });
  const refused = await host.setVfs(4);
  expect(refused.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' });
  expect(refused.body.detail).toMatch(/another network namespace/);
  expect(host.machine.numVfs(IGB)).toBe(2);
  host.machine.letGo(FIRST_VF);
  await host.untilVf(FIRST_VF, (nic) => nic.vf.free);
  expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
});
