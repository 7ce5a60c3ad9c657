import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost, type FaultHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm, type FaultVm } from './fault-vm.ts';

const ZERO = '00:00:00:00:00:00';
const LOCAL = /^.[26ae]:/;

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

/** Starts a VM; answers its MAC and its VF. */
async function started(vm: FaultVm): Promise<{ mac: string; vf: string }> {
  const { status, text, body } = await vm.start();
  if (status !== 200) throw new Error(text);
  return { mac: body.nics[0].mac, vf: body.nics[0].vf.pci_address };
}

const free = (host: FaultHost, vf: string) => host.untilVf(vf, (nic) => nic.vf.free);

it('F20: a VF whose driver does not take zeros back gets a MAC of its own, and is free again', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F20.machine);
  await host.setVfs(1);
  const vm = await addVm(fleet, host);
  const { mac, vf } = await started(vm);
  expect(host.machine.vfSettings(vf).mac).toBe(mac);
  expect((await vm.stop()).status).toBe(200);
  await free(host, vf);
  const after = host.machine.vfSettings(vf).mac;
  expect([after === mac, after === ZERO]).toEqual([false, false]);
  expect(after).toMatch(LOCAL);
});

it("F21: whatever MACs the VFs are made with, the guest has its vNIC's", async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F21.machine);
  await host.setVfs(1);
  const vm = await addVm(fleet, host);
  const first = await started(vm);
  await vm.stop();
  const [before] = await host.vfs();
  await host.setVfs(2);
  const [after] = await host.vfs();
  expect(after.mac).not.toBe(before.mac);
  const second = await started(vm);
  expect(second.mac).toBe(first.mac);
  expect(host.machine.vfSettings(second.vf).mac).toBe(first.mac);
});

it("F22: a VF does not keep the guest's MAC, neither on the PF's side nor on its own", async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F22.machine);
  await host.setVfs(1);
  const [before] = await host.vfs();
  const vm = await addVm(fleet, host);
  const { mac, vf } = await started(vm);
  await vm.stop();
  const after = await free(host, vf);
  expect(after.mac).toBe(before.mac);
  expect(host.machine.vfSettings(vf).mac).toBe(before.mac);
  expect(mac).not.toBe(before.mac);
});

describe('F23: a driver that is busy, or slow to show what was set', () => {
  it('F23: is asked again, and its answer is waited for', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F23.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host, { profile: { vf: { trust: true } } });
    const { vf } = await started(vm);
    expect(host.machine.vfSettings(vf).trust).toBe(true);
  });

  it('F23: that stays busy fails the start with what was to be set; the VF is clean and the next start works', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F22.machine);
    await host.setVfs(1);
    const heal = host.machine.inject({
      ...{ kind: 'vf-set-errno', pf: '0000:05:00.0', property: 'trust', errno: 'EBUSY' },
      calls: { times: null },
    });
    const vm = await addVm(fleet, host, { profile: { vf: { trust: true } } });
    const { status, text } = await vm.start();
    expect(status).toBe(409);
    expect(text).toMatch(/setting trust true on 0000:05:10\.0 was refused \(EBUSY\)/);
    expect(text).toMatch(/Look at dmesg for what the driver says/);
    expect(host.machine.domainsNow()).toEqual([]);
    await free(host, '0000:05:10.0');
    heal();
    expect((await vm.start()).status).toBe(200);
  });

  it('F23: that never shows what was set fails the start, and says what it shows instead', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F22.machine);
    await host.setVfs(1);
    host.machine.inject({
      ...{ kind: 'vf-set-ignored', pf: '0000:05:00.0', property: 'trust' },
      calls: { times: null },
    });
    const vm = await addVm(fleet, host, { profile: { vf: { trust: true } } });
    const { status, text } = await vm.start();
    expect(status).toBe(409);
    expect(text).toMatch(/shows other settings than were set: trust false instead of true/);
    await free(host, '0000:05:10.0');
  });
});

it('F24: a VF with the MAC of its last guest is given to nobody until it is clean, and says why', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F24.machine);
  await host.setVfs(1);
  const own = host.machine.vfSettings('0000:05:10.0').mac;
  const vm = await addVm(fleet, host);
  const { mac, vf } = await started(vm);
  await vm.stop();
  const dirty = await host.untilVf(vf, (nic) => nic.vf.state === 'dirty');
  expect(host.machine.vfSettings(vf).mac).toBe(mac);
  expect(dirty.vf.proof).toMatch(new RegExp(`mac ${mac} instead of ${own}|refused \\(EIO\\)`));
  const refused = await vm.start();
  expect(refused.body).toMatchObject({ status: 409, code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' });
  await free(host, vf);
  expect(host.machine.vfSettings(vf).mac).toBe(own);
  expect((await vm.start()).status).toBe(200);
});

it('F25: a VF is cleaned after libvirt has let go of it, so that nothing libvirt sets then is left', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F25.machine);
  await host.setVfs(2);
  const vm = await addVm(fleet, host);
  const { vf, mac } = await started(vm);
  const { status, text } = await vm.unplug();
  expect(status).toBe(409);
  expect(text).toMatch(/did not let go/);
  expect((await vm.show()).nics[0]).toMatchObject({ plugged: true, vf: { state: 'attached' } });
  expect(host.machine.vfSettings(vf).mac).toBe(mac);
  host.machine.heal();
  expect((await vm.unplug()).status).toBe(200);
  await free(host, vf);
  expect(host.machine.vfSettings(vf)).toMatchObject({ vlanId: 0 });
  expect(host.machine.vfSettings(vf).mac).not.toBe(mac);
});

it('F26: a profile with trust gives its VM a trusted VF, which may add MACs; without, it is untrusted', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F26.machine);
  await host.setVfs(2);
  const trusted = await started(await addVm(fleet, host, { profile: { vf: { trust: true } } }));
  const untrusted = await started(await addVm(fleet, host));
  expect(host.machine.vfSettings(trusted.vf).trust).toBe(true);
  expect(host.machine.vfSettings(untrusted.vf).trust).toBe(false);
});

it('F27: a check for spoofing is switched on after the MAC is set, and off before it is taken back', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F27.machine);
  await host.setVfs(1);
  const vm = await addVm(fleet, host, { profile: { vf: { spoof_check: true } } });
  const { vf, mac } = await started(vm);
  expect(host.machine.vfSettings(vf)).toMatchObject({ mac, spoofCheck: true });
  await vm.stop();
  await free(host, vf);
  expect(host.machine.vfSettings(vf).spoofCheck).toBe(false);
  expect(host.machine.vfSettings(vf).mac).not.toBe(mac);
});
