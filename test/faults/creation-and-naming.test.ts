import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const IGB = '0000:05:00.0';
const AT_ONCE = { prefer: 'wait=0' };

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

it('F10: 60 VFs that take more than a minute, and a netdev that comes later still, are waited for', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F10.machine);
  const begun = fleet.clock.now();
  const { status, body } = await host.setVfs(60);
  expect([status, body.state]).toEqual([202, 'changing']);
  expect(body.progress).toMatchObject({ total: 60 });
  const { body: done } = await fleet.until(host.config(), ({ state }) => state !== 'changing');
  expect(done).toMatchObject({ state: 'ready', existing_num_of_vfs: 60, num_of_free_vfs: 60, last_error: null });
  expect(fleet.clock.now() - begun).toBeGreaterThan(100_000);
});

describe('F11: a netdev that never comes', () => {
  it('F11: costs one VF, which says why; the others are free', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F11.machine);
    await host.setVfs(5);
    const { body } = await fleet.until(host.config(), ({ state }) => state === 'ready');
    expect(body).toMatchObject({ existing_num_of_vfs: 5, num_of_free_vfs: 4, num_of_vfs_in_use: 0 });
    const [vf] = (await host.vfs()).filter((nic) => !nic.vf.free);
    expect(vf.vf).toMatchObject({ index: 4, state: 'unavailable', reasons: [{ code: 'NO_NETDEV' }] });
    expect(vf.vf.reasons[0].text).toMatch(/driver iavf made none/);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', num_of_free_vfs: 4 });
  });

  it('F11: is brought by binding the VF again, where that helps', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    host.machine.inject({ kind: 'netdev-never', pf: IGB, vf: 3, healsOnRebind: true });
    await host.setVfs(5);
    const { body } = await fleet.until(host.config(), ({ state }) => state === 'ready');
    expect(body).toMatchObject({ existing_num_of_vfs: 5, num_of_free_vfs: 5 });
  });
});

it('F12: VFs whose links are missing right after the write are waited for', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F12.machine);
  const { body } = await host.setVfs(4);
  expect(body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4, num_of_free_vfs: 4 });
});

it('F13: VFs that have no driver yet are neither drift nor a failure, and are given to nobody', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F13.machine);
  const vm = await addVm(fleet, host);
  await fleet.put(host.config(), { num_of_vfs: 8 }, AT_ONCE);
  const seen: string[] = [];
  for (;;) {
    await fleet.pass(500);
    await fleet.post(`${host.path}/refresh`);
    const { body } = await fleet.get(host.config());
    expect(body).toMatchObject({ drift: null, last_error: null });
    if (body.state !== 'changing') break;
    seen.push(...(await host.vfs()).map((nic) => nic.vf.driver ?? 'none'));
    expect((await vm.start()).status).toBe(409);
  }
  expect(seen).toContain('none');
  expect((await fleet.get(host.config())).body).toMatchObject({ state: 'ready', num_of_free_vfs: 8 });
  expect((await vm.start()).status).toBe(200);
});

it('F14: a netdev that comes minutes late makes its VF free by itself', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F14.machine);
  await host.setVfs(4);
  await fleet.until(host.config(), ({ state, num_of_free_vfs: free }) => state === 'ready' && free === 3);
  const [late] = (await host.vfs()).filter((nic) => !nic.vf.free);
  expect(late.vf.reasons).toMatchObject([{ code: 'NO_NETDEV' }]);
  await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 4);
});

it('F15: a VF is free when its netdev is back, not when libvirt has let go of it', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F15.machine);
  await host.setVfs(1);
  const vm = await addVm(fleet, host);
  const other = await addVm(fleet, host);
  const { vf } = (await vm.start()).body.nics[0];
  await fleet.request('POST', `${vm.path}/stop`, {}, AT_ONCE);
  await host.untilVf(vf.pci_address, () => host.machine.domainsNow().length === 0);
  const tooEarly = await other.start();
  expect(tooEarly.body).toMatchObject({ status: 409, code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' });
  expect(tooEarly.text).toMatch(/1 CLAIMED/);
  await host.untilVf(vf.pci_address, (nic) => nic.vf.free);
  expect((await other.start()).status).toBe(200);
});

describe('F16: a VF that ip link does not list', () => {
  it('F16: for a moment is looked for again, and the VM starts', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F16.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host);
    expect((await vm.start()).body).toMatchObject({ status: 'up' });
  });

  it('F16: for good fails the start with what is missing, and nothing is left of it', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(1);
    const heal = host.machine.inject({ kind: 'vf-unlisted', pf: IGB, calls: { times: null } });
    const vm = await addVm(fleet, host);
    const { status, text } = await vm.start();
    expect(status).toBe(409);
    expect(text).toMatch(/ip tells nothing of VF 0, which is 0000:05:10\.0/);
    expect(await vm.show()).toMatchObject({ status: 'down', host: null });
    heal();
    await fleet.until(host.path, ({ free_vfs: free }) => free === 1);
    expect((await vm.start()).status).toBe(200);
  });
});

it('F17: while a PF changes, none of its VFs is given out, and a VM says what it waits for', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F17.machine);
  const vm = await addVm(fleet, host);
  await fleet.put(host.config(), { num_of_vfs: 4 }, AT_ONCE);
  await fleet.until(host.config(), ({ existing_num_of_vfs: existing }) => existing > 0);
  const { status, text } = await vm.start();
  expect(status).toBe(409);
  expect(text).toMatch(/is being changed/);
  await fleet.until(host.config(), ({ state }) => state === 'ready');
  expect((await vm.start()).status).toBe(200);
});

describe('F18: udev renames', () => {
  it('F18: VFs between two looks; they are the same VFs, and a VM starts with one', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F18.machine);
    await host.setVfs(2);
    await fleet.until(`${host.path}/nics/pci_0000_05_10_0`, ({ name }) => name === 'ens1f0v0');
    const vm = await addVm(fleet, host);
    expect((await vm.start()).status).toBe(200);
    await vm.stop();
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 2);
  });

  it('F18: a PF while its number is changed; its VFs configuration stays its own', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F17.machine);
    const { body: before } = await fleet.get(host.config());
    await fleet.put(host.config(), { num_of_vfs: 4 }, AT_ONCE);
    await fleet.pass(2000);
    host.machine.renameNic(IGB, 'ens1f0');
    const { body } = await fleet.until(host.config(), ({ state }) => state === 'ready');
    expect(body).toMatchObject({ id: before.id, existing_num_of_vfs: 4, num_of_free_vfs: 4 });
    expect((await fleet.get(`${host.path}/nics/ens1f0`)).body.vfs_config.id).toBe(before.id);
    expect((await fleet.get(`${host.path}/nics/enp5s0f0`)).status).toBe(404);
  });
});

describe('F19: the host takes fresh VFs', () => {
  it('F19: each says what holds it, the number cannot be changed, and letting go heals', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F19.machine);
    await host.setVfs(4);
    await fleet.until(host.config(), ({ num_of_free_vfs: free, num_of_vfs_in_use: used }) => free === 2 && used === 2);
    const vfs = await host.vfs();
    expect(vfs.map((nic) => nic.vf.reasons.map(({ code }: { code: string }) => code))).toEqual([
      [],
      ['BRIDGE'],
      ['HAS_ADDRESS'],
      [],
    ]);
    expect(vfs[1].vf.reasons[0].text).toMatch(/virbr0/);
    expect(vfs[2].vf.reasons[0].text).toMatch(/10\.0\.0\.7\/24.*|take it off/);
    const { status, body } = await host.setVfs(2);
    expect([status, body.code]).toEqual([409, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    expect(body.detail).toMatch(/virbr0.*10\.0\.0\.7/s);
    host.machine.letGo(vfs[1].vf.pci_address);
    host.machine.letGo(vfs[2].vf.pci_address);
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 4);
  });

  it('F19: also in the moment in which a VM is to get one: it gets another', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(2);
    host.machine.hold('0000:05:10.0', { kind: 'bridge', name: 'virbr0' });
    const vm = await addVm(fleet, host);
    await host.untilVf('0000:05:10.0', (nic) => nic.vf.state === 'in_use');
    expect((await vm.start()).body.nics[0].vf.pci_address).toBe('0000:05:10.2');
  });
});
