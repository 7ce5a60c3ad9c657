import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const IGB = '0000:05:00.0';
const OTHER_CARD = '0000:84:00.0';

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

describe('F41: IOMMU groups', () => {
  it('F41: VFs that share a group are free for nobody, and say so; a VM gets one of another card', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F41.machine);
    await host.setVfs(2);
    await host.setVfs(1, OTHER_CARD);
    const vfs = await host.vfs();
    for (const { vf } of vfs) {
      expect(vf).toMatchObject({ state: 'unavailable', reasons: [{ code: 'SHARED_IOMMU_GROUP' }] });
      expect(vf.reasons[0].text).toContain(`group ${vf.iommu_group}`);
    }
    const { body } = await (await addVm(fleet, host)).start();
    expect(body.nics[0].vf.physical_function.name).toBe('enp132s0f0');
    // It is no use of theirs, so the number can still be changed.
    expect((await host.setVfs(3)).body).toMatchObject({ state: 'ready', num_of_free_vfs: 0, num_of_vfs_in_use: 0 });
  });

  it('F41: a group that has another number after a boot changes nothing', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host);
    await vm.start();
    const [before] = await host.vfs();
    await host.reboot();
    await fleet.until(vm.path, ({ status }) => status === 'down');
    const after = await host.untilVf(before.vf.pci_address, (nic) => nic.vf.free);
    expect(after.vf.iommu_group).not.toBe(before.vf.iommu_group);
    expect((await vm.start()).body.status).toBe('up');
  });
});

describe('F42: VFs that the host uses itself', () => {
  it('F42: each says what holds it, no VM gets one, and the number cannot be changed', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F42.machine);
    const vfs = await host.vfs();
    expect(vfs.map((nic) => nic.vf.reasons[0].code)).toEqual([
      'HAS_ADDRESS',
      'BRIDGE',
      'VLAN',
      'BOND_SLAVE',
      'MACVTAP',
      'NETNS_MOVED',
      'VFIO_OPEN',
    ]);
    const seen = [
      '192.0.2.77/24',
      'br0',
      'vlan100',
      'bond0',
      'macvtap0',
      'network namespace',
      'dpdk-testpmd (pid 4711)',
    ];
    seen.forEach((name, index) => {
      expect(vfs[index].vf.reasons[0].text).toContain(name);
    });
    expect((await fleet.get(host.config())).body).toMatchObject({ num_of_free_vfs: 0, num_of_vfs_in_use: 7 });
    const { status, body } = await host.setVfs(2);
    expect([status, body.code]).toEqual([409, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    for (const name of seen) expect(body.detail).toContain(name);
    expect(body.refusals[0].remedy).toMatch(/Free every virtual function named here/);
    expect((await (await addVm(fleet, host)).start()).body.code).toBe('SCHEDULING_ALL_HOSTS_FILTERED_OUT');
    expect(host.machine.writes()).toEqual([]);
  });

  it('F42: they are free as soon as the host lets go of them', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F42.machine);
    for (const { vf } of await host.vfs()) host.machine.letGo(vf.pci_address);
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 7);
    expect((await host.setVfs(2)).body).toMatchObject({ state: 'ready', num_of_free_vfs: 2 });
  });

  it('F42: one that is taken after the ledger looked is found by the agent, and nothing is written', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine, {
      settings: { watchMs: 3_600_000, scanMs: 3_600_000 },
    });
    await host.setVfs(2);
    const writes = host.machine.writes().length;
    host.machine.hold('0000:05:10.2', { kind: 'netns', name: 'router' });
    const { status, body } = await host.setVfs(4);
    expect([status, body.code]).toEqual([409, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED']);
    expect(body.detail).toMatch(/0000:05:10\.2 .*network namespace/s);
    expect(host.machine.writes()).toHaveLength(writes);
    host.machine.letGo('0000:05:10.2');
    await fleet.post(`${host.path}/refresh`);
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 2);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
  });
});

it('F44: of a PCI function with two netdevs the first has the VFs configuration, and each VF is there once', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F44.machine);
  await host.setVfs(2);
  const nics = await fleet.all(`${host.path}/nics`);
  const [first, second] = ['enp5s0', 'enp5s0d1'].map((name) => nics.find((nic) => nic.name === name));
  expect(first.vfs_config).toMatchObject({ existing_num_of_vfs: 2, num_of_free_vfs: 2 });
  expect(second).toMatchObject({ vfs_config: null, pci_address: IGB });
  expect(nics.filter((nic) => nic.vf !== null)).toHaveLength(2);
  expect((await host.show()).vfs).toBe(2);
  const { body } = await (await addVm(fleet, host)).start();
  expect(body.nics[0].vf.physical_function.name).toBe('enp5s0');
});

it('F45: a PF with children that are no netdevs is a PF as any other', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F45.machine);
  const devices = await fleet.all(`${host.path}/devices`);
  expect(devices.filter(({ parent }) => parent === 'pci_0000_05_00_0').map(({ capability }) => capability)).toEqual(
    expect.arrayContaining(['scsi_host', 'fc_host', 'net']),
  );
  expect((await fleet.get(`${host.path}/nics/enp5s0f0`)).body.vfs_config).toMatchObject({ max_num_of_vfs: 7 });
  expect((await host.setVfs(2)).body).toMatchObject({ state: 'ready', num_of_free_vfs: 2 });
});
