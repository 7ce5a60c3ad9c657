import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const IGB = '0000:05:00.0';
const VF = '0000:05:10.0';

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

describe('F28: a property that a driver does not have', () => {
  it('F28: fails the start with what cannot be set; neither VLAN nor MAC is left behind, and it is remembered', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F28.machine);
    await host.setVfs(1);
    const before = host.machine.vfSettings(VF);
    const vm = await addVm(fleet, host, { profile: { vf: { link_state: 'enable' } } });
    const { status, text } = await vm.start();
    expect(status).toBe(409);
    expect(text).toMatch(/setting linkState enable on 0000:05:10\.0 was refused \(EOPNOTSUPP\)/);
    expect(text).toMatch(/Leave the property out of the vNIC profile/);
    await host.untilVf(VF, (nic) => nic.vf.free);
    expect(host.machine.vfSettings(VF)).toEqual(before);
    expect(host.machine.domainsNow()).toEqual([]);
    await fleet.pass(10_000);
    const again = await vm.start();
    expect(again.body.code).toBe('SCHEDULING_ALL_HOSTS_FILTERED_OUT');
    expect(again.text).toMatch(/link_state/);
  });

  it('F28: a PF that has it is chosen instead', async () => {
    const igb = await addHost(fleet, FAULT_SCENARIOS.F28.machine);
    const mlx5 = await addHost(fleet, FAULT_SCENARIOS.F29.machine, { beside: igb });
    await igb.setVfs(1);
    await mlx5.setVfs(1);
    const vm = await addVm(fleet, igb, { profile: { vf: { link_state: 'enable' } } });
    expect((await vm.start()).body).toMatchObject({ status: 'up', host: { id: mlx5.id } });
    expect(igb.machine.domainsNow()).toEqual([]);
  });
});

it('F29: both rates are set in one command, so that neither clears the other', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F29.machine);
  await host.setVfs(1);
  const vm = await addVm(fleet, host, { profile: { vf: { min_tx_rate: 100, max_tx_rate: 2000 } } });
  const { body } = await vm.start();
  const vf = body.nics[0].vf.pci_address;
  expect(host.machine.vfSettings(vf)).toMatchObject({ minTxRate: 100, maxTxRate: 2000 });
  await vm.stop();
  await host.untilVf(vf, (nic) => nic.vf.free);
  expect(host.machine.vfSettings(vf)).toMatchObject({ minTxRate: 0, maxTxRate: 0 });
});

it('F30: VMs that start at once on VFs of one PF all run: its commands follow one another', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F30.machine);
  await host.setVfs(6);
  const vms = [];
  for (let index = 0; index < 3; index++)
    vms.push(await addVm(fleet, host, { vnics: 2, profile: { vf: { trust: true } } }));
  const started = await Promise.all(vms.map((vm) => vm.start()));
  expect(started.map(({ body }) => body.status)).toEqual(['up', 'up', 'up']);
  await Promise.all(vms.map((vm) => vm.stop()));
  await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 6);
});

describe('F31: a VLAN that cannot be taken off', () => {
  it('F31: a VM on an untagged network starts and stops, for no VLAN is touched', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F31.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host, { network: {} });
    expect((await vm.start()).body.status).toBe('up');
    await vm.stop();
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 1);
  });

  it('F31: a VF that keeps its VLAN is dirty and says why and what to do: a reboot makes it anew', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F31.machine);
    await host.setVfs(1);
    const vf = (await host.vfs())[0].vf.pci_address;
    host.machine.inject({ kind: 'libvirt-forgets', pf: '0000:5e:00.0' });
    const vm = await addVm(fleet, host);
    expect((await vm.start()).body.status).toBe('up');
    await vm.stop();
    const dirty = await host.untilVf(vf, (nic) => nic.vf.state === 'dirty');
    expect(dirty.vf.proof).toMatch(/vlanId 100 instead of 0/);
    expect(dirty.vf.proof).toMatch(/EPERM/);
    expect((await vm.start()).body.code).toBe('SCHEDULING_ALL_HOSTS_FILTERED_OUT');
    expect(dirty.vf.reasons[0].text).toMatch(/If nothing else helps, reboot the host/);
    expect((await host.setVfs(2)).body.detail).toMatch(/EPERM.*reboot the host/s);
    expect((await host.reboot()).ok).toBe(true);
    await host.untilVf(vf, (nic) => nic.vf.free);
    expect((await vm.start()).body.status).toBe('up');
  });
});

it('F32: a tool whose answer cannot be read is named, and the last good inventory stays', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F28.machine);
  await host.setVfs(2);
  const [fault] = FAULT_SCENARIOS.F32.machine.faults ?? [];
  if (!fault) throw new Error('nothing befalls the machine');
  const heal = host.machine.inject(fault);
  const { body } = await fleet.until(host.path, ({ last_report_error: error }) => error !== null);
  expect(body.last_report_error.detail).toMatch(/ip -j -d link show answered no JSON/);
  expect(body).toMatchObject({ status: 'up', vfs: 2, pfs: 4 });
  heal();
  await fleet.until(host.path, ({ last_report_error: error }) => error === null);
});

describe('F33: a PF that is down', () => {
  it('F33: is set up with its VFs, and a VM on one of them has a link', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F33.machine);
    expect((await host.nic('enp5s0f0')).carrier).toBe(false);
    await host.setVfs(1);
    await fleet.until(`${host.path}/nics/enp5s0f0`, ({ carrier }) => carrier === true);
    expect((await (await addVm(fleet, host)).start()).body.status).toBe('up');
  });

  it('F33: is set up again for a VM, when somebody took it down since', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F28.machine);
    await host.setVfs(1);
    host.machine.setPfDown(IGB);
    await fleet.until(`${host.path}/nics/enp5s0f0`, ({ carrier }) => carrier === false);
    expect((await (await addVm(fleet, host)).start()).body.status).toBe('up');
    await fleet.until(`${host.path}/nics/enp5s0f0`, ({ carrier }) => carrier === true);
  });
});

it('F33: a PF that does not come up is shown so, and gives out no VF where its cluster wants a carrier', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F33.machine);
  const heal = host.machine.inject({ kind: 'pf-stays-down', pf: IGB });
  await fleet.put(`/api/clusters/${host.cluster}`, { require_carrier: true });
  await host.setVfs(1);
  const { body } = await fleet.until(host.config(), ({ health }) => health.state === 'unhealthy');
  expect(body).toMatchObject({ num_of_free_vfs: 0, health: { carrier: false, problems: [{ code: 'NO_CARRIER' }] } });
  const vm = await addVm(fleet, host);
  expect((await vm.start()).text).toMatch(/it has no carrier/);
  heal();
  await host.setVfs(2);
  await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 2);
  expect((await vm.start()).body.status).toBe('up');
});

it("F34: a network whose MTU is above the PF's is not served by it, and the answer names both; a smaller one is", async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F34.machine);
  await host.setVfs(2);
  const jumbo = await addVm(fleet, host, { network: { vlan_id: 10, mtu: 9000 } });
  const { status, text } = await jumbo.start();
  expect(status).toBe(409);
  expect(text).toMatch(/1500/);
  expect(text).toMatch(/9000/);
  const small = await addVm(fleet, host, { network: { vlan_id: 11, mtu: 1400 } });
  expect((await small.start()).body.status).toBe('up');
  expect((await host.nic('enp5s0f0')).mtu).toBe(1500);
});
