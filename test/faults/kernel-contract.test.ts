import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const PF = '0000:05:00.0';

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

describe('F1: one number of VFs cannot be changed to another', () => {
  it('F1: the change goes through 0, and the administrator sees nothing of it', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F1.machine);
    await host.setVfs(4);
    const { status, body } = await host.setVfs(6);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'ready', num_of_vfs: 6, existing_num_of_vfs: 6, num_of_free_vfs: 6 });
    expect(host.machine.writes().map(({ count }) => count)).toEqual([0, 4, 0, 6]);
  });

  it('F1: where somebody else makes VFs in between, the answer says so, and the same number heals it', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F1.machine);
    host.machine.inject({ kind: 'errno', pf: PF, errno: 'EBUSY', writes: { count: 6 } });
    const { status, body } = await host.setVfs(6);
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'UPDATE_NUM_VFS_FAILURE' });
    expect(body.detail).toMatch(/busy.*EBUSY.*last known good number was written again: there are 2/s);
    expect(body.refusals[0].remedy).toMatch(/nothing else manages the virtual functions/);
    expect(host.machine.numVfs(PF)).toBe(2);
    expect((await host.setVfs(6)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 6, last_error: null });
  });
});

describe('F2: a PF can have fewer VFs than its card', () => {
  it('F2: a number above what the driver allows is refused with the range', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F2.machine);
    const { status, body } = await host.setVfs(4);
    expect(status).toBe(400);
    expect(body.code).toBe('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE');
    expect(body.detail).toMatch(/0 - 3|0 to 3/);
    expect((await host.setVfs(3)).body).toMatchObject({ state: 'ready', max_num_of_vfs: 3 });
  });

  it('F2: a total that shrinks while the change is on its way is told by the kernel, with the new range', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F1.machine);
    await fleet.until(host.config(), ({ max_num_of_vfs: max }) => max === 7);
    const heal = host.machine.inject({ kind: 'total-vfs', pf: PF, total: 3 });
    const { status, body } = await host.setVfs(5);
    expect([400, 502]).toContain(status);
    expect(body.detail).toMatch(/3/);
    expect(host.machine.numVfs(PF)).toBe(2);
    heal();
    await fleet.until(host.config(), ({ max_num_of_vfs: max }) => max === 7);
    expect((await host.setVfs(5)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 5 });
  });

  it('F2: SR-IOV switched off in the BIOS keeps the VFs configuration, and says where to look', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F1.machine);
    await host.setVfs(4);
    let heal = () => {};
    const restored = await host.reboot({
      meanwhile: () => {
        heal = host.machine.inject({ kind: 'sriov-off', pf: PF });
      },
    });
    expect(restored.ok).toBe(false);
    expect(JSON.stringify(restored.results)).toMatch(/enable SR-IOV again \(BIOS, firmware\)/);
    await fleet.until(host.config(), ({ state }) => state === 'missing');
    const { status, body } = await host.setVfs(4);
    expect(status).toBe(409);
    expect(body.code).toBe('PF_MISSING');
    expect(body.refusals[0].remedy).toMatch(/BIOS/);
    expect((await fleet.get(host.config())).body.last_error.cause).toMatch(/switch SR-IOV on again/);
    heal();
    await fleet.until(host.config(), ({ state }) => state !== 'missing');
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
  });
});

describe('F3: a PF without a driver', () => {
  it('F3: the answer says that no driver is bound and how to find it; with the driver the same number works', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F1.machine);
    const heal = host.machine.inject({ kind: 'driver-missing', pf: PF, afterBootMs: null });
    const { status, body } = await host.setVfs(4);
    expect(status).toBe(502);
    expect(body.detail).toMatch(/no driver is bound to .*0000:05:00\.0.*ENOENT/s);
    expect(body.refusals[0].remedy).toMatch(/Load the driver of the card \(lspci -k -s 0000:05:00\.0/);
    heal();
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
  });

  it('F3: VFs that are there while their PF has no driver are given to nobody', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F3.machine);
    expect((await fleet.get(host.config())).body).toMatchObject({ state: 'unmanaged', num_of_free_vfs: 3 });
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 0);
    const [vf] = await host.vfs();
    expect(vf.vf).toMatchObject({ state: 'unavailable', reasons: [{ code: 'PF_UNHEALTHY' }] });
    expect(vf.vf.reasons[0].text).toMatch(/enp5s0f0: it has no driver bound/);
  });
});

it('F4: a write that succeeds with fewer VFs is a failure that names both counts, and the old number is back', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F4.machine);
  await host.setVfs(2);
  const { status, body } = await host.setVfs(7);
  expect(status).toBe(502);
  expect(body.detail).toMatch(/asked for 7 virtual functions and enabled only 5/);
  expect(body.detail).toMatch(/last known good number was written again: there are 2/);
  expect(body.refusals[0].remedy).toMatch(/Ask for 5 or fewer/);
  expect((await fleet.get(host.config())).body).toMatchObject({ state: 'failed', existing_num_of_vfs: 2 });
  expect((await host.setVfs(5)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 5, num_of_free_vfs: 5 });
});

describe('F5: what the kernel answers is told with cause and remedy', () => {
  it('F5: too few interrupt vectors', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F5.machine);
    const { status, body } = await host.setVfs(7);
    expect(status).toBe(502);
    expect(body.detail).toMatch(/not enough MSI-X interrupt vectors for 7 virtual functions \(ENOSPC\)/);
    expect(body.refusals[0].remedy).toMatch(/Ask for fewer virtual functions/);
    expect((await host.setVfs(6)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 6 });
  });

  it.each([
    ['ENOMEM', /no PCI memory space or no bus numbers/, /Above 4G decoding/],
    ['EINVAL', /refuses 4 virtual functions in its present mode/, /XDP|switchdev/],
    ['EPERM', /not permitted/, /CAP_SYS_ADMIN|lockdown/],
    ['EACCES', /may not write sriov_numvfs/, /SELinux or AppArmor/],
    ['EAGAIN', /not ready/, /has a link again/],
    ['EIO', /does not answer its driver/, /dmesg/],
    ['EOPNOTSUPP', /does not support this number/, /Update the driver and firmware/],
    ['ENODEV', /went away during the write/, /lspci -s/],
    ['ENOSYS', /unusual error \(ENOSYS\)/, /dmesg/],
  ])('F5: %s', async (errno, cause, remedy) => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F1.machine);
    host.machine.inject({ kind: 'errno', pf: PF, errno, writes: { count: 4 } });
    const { status, body } = await host.setVfs(4);
    expect(status).toBe(502);
    expect(body.detail).toMatch(cause);
    expect(body.refusals[0].remedy).toMatch(remedy);
    expect((await fleet.get(host.config())).body.last_error).toMatchObject({ code: errno });
    expect(host.machine.numVfs(PF)).toBe(2);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4, last_error: null });
  });
});

it('F6: the number that is there is taken over without a write, so no VF loses what it has', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F6.machine);
  const before = (await host.vfs()).map(({ mac }) => mac);
  const { body } = await host.setVfs(4);
  expect(body).toMatchObject({ state: 'ready', num_of_vfs: 4, existing_num_of_vfs: 4 });
  expect(host.machine.writes()).toEqual([]);
  expect((await host.vfs()).map(({ mac }) => mac)).toEqual(before);
});

describe('F7: a write that does not end', () => {
  it('F7: the PF is stuck, the answer names who holds what, and it settles when the holder lets go', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(4);
    const [, second] = await host.vfs();
    const vf = second.vf.pci_address;
    // Opened after the agent has looked, so that the kernel alone waits for it.
    host.machine.inject({ kind: 'hang', pf: PF, writes: { count: 0 } });
    const { status, body: begun } = await fleet.put(host.config(), { num_of_vfs: 2 }, { prefer: 'wait=0' });
    expect([status, begun.state]).toEqual([202, 'changing']);
    await fleet.pass(1000);
    host.machine.hold(vf, { kind: 'vfio', process: { name: 'qemu-system-x86', pid: 4711, domain: 'foreign' } });
    const { body } = await fleet.until(host.config(), ({ state }) => state === 'stuck');
    expect(body.last_error.code).toBe('PF_STUCK');
    expect(body.last_error.cause).toMatch(new RegExp(`${vf} is open through vfio by qemu-system-x86 \\(pid 4711`));
    expect(body.last_error.remedy).toMatch(/Let go of what holds it.*reboot the host/);
    const again = await host.setVfs(2);
    expect(again.body).toMatchObject({ status: 409, code: 'PF_STUCK' });
    host.machine.letGo(vf);
    host.machine.releaseWrite(PF);
    const { body: settled } = await fleet.until(
      host.config(),
      ({ state }) => state !== 'stuck' && state !== 'changing',
    );
    expect(settled.existing_num_of_vfs).toBe(host.machine.numVfs(PF));
    expect((await host.setVfs(2)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 2, last_error: null });
  });

  it('F7: a reboot, its other way out, restores the number from before', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F7.machine);
    await host.setVfs(4);
    await fleet.put(host.config(), { num_of_vfs: 2 }, { prefer: 'wait=0' });
    await fleet.until(host.config(), ({ state }) => state === 'stuck');
    expect((await host.reboot()).results).toMatchObject([{ outcome: 'restored', count: 4 }]);
    const { body } = await fleet.until(host.config(), ({ state }) => state === 'ready');
    expect(body).toMatchObject({ existing_num_of_vfs: 2, num_of_vfs: 2 });
  });
});

it('F8: writes that outlive their deadline get no second one, and hold up neither other PFs nor the host', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F8.machine);
  const stuck = ['0000:05:00.0', '0000:05:00.1', '0000:84:00.0', '0000:84:00.1'];
  for (const pf of stuck) await fleet.put(host.config(pf), { num_of_vfs: 2 }, { prefer: 'wait=0' });
  for (const pf of stuck) await fleet.until(host.config(pf), ({ state }) => state === 'stuck');
  const writes = host.machine.writes().length;
  host.kill();
  await host.start();
  await fleet.pass(120_000);
  expect(host.machine.writes()).toHaveLength(writes);
  expect((await host.show()).status).toBe('up');
  expect((await host.setVfs(8, '0000:18:00.0')).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 8 });
  for (const pf of stuck) host.machine.releaseWrite(pf);
  for (const pf of stuck) await fleet.until(host.config(pf), ({ state }) => state === 'ready');
});

describe('F9: a change destroys all VFs', () => {
  it('F9: a plan names whom it hits, and the change is refused while a VM has a VF', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(4);
    const vm = await addVm(fleet, host);
    const { body: up } = await vm.start();
    const vf = up.nics[0].vf.pci_address;
    const settings = host.machine.vfSettings(vf);
    const { body: plan } = await fleet.post(`${host.config()}/plan`, { num_of_vfs: 6 });
    expect(JSON.stringify(plan)).toContain(vm.id);
    const { status, body } = await host.setVfs(6);
    expect([status, body.code]).toEqual([409, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    expect(body.detail).toContain(vm.id);
    expect(host.machine.vfSettings(vf)).toEqual(settings);
    await vm.stop();
    expect((await host.setVfs(6)).body).toMatchObject({ state: 'ready', num_of_free_vfs: 6 });
  });

  it('F9: a VM that is started after the change has its MAC and VLAN again', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host, { network: { vlan_id: 77 } });
    const { mac } = (await vm.start()).body.nics[0];
    await vm.stop();
    await host.setVfs(2);
    const { status, body } = await vm.start();
    expect([status, body.nics[0].mac]).toEqual([200, mac]);
    expect(host.machine.vfSettings(body.nics[0].vf.pci_address)).toMatchObject({ mac, vlanId: 77 });
  });
});
