import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const IGB = '0000:05:00.0';
const OTHER = '0000:84:00.0';

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

describe('F48: a driver that is bound long after boot', () => {
  it('F48: is waited for by the restore', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F48.machine);
    await fleet.until(host.config(), ({ state }) => state === 'unmanaged');
    await host.setVfs(3);
    expect((await host.reboot()).results).toMatchObject([{ outcome: 'restored', count: 3 }]);
    const { body } = await fleet.until(host.config(), ({ existing_num_of_vfs: existing }) => existing === 3);
    expect(body).toMatchObject({ state: 'ready', drift: null });
  });

  it('F48: later than a restore waits, fails the restore with what to do; the PF comes by itself, and so does its number', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    await host.setVfs(3);
    const restored = await host.reboot({
      meanwhile: () => host.machine.inject({ kind: 'driver-missing', pf: IGB, afterBootMs: 90_000 }),
    });
    expect(restored).toMatchObject({
      ok: false,
      results: [{ outcome: 'failed', failure: { code: 'DRIVER_MISSING' } }],
    });
    await fleet.pass(60_000);
    await fleet.until(`${host.path}/nics/enp5s0f0`, ({ driver }) => driver === 'igb');
    const { body } = await fleet.until(host.config(), ({ drift }) => drift !== null);
    expect(body.drift).toMatchObject({ wanted: 3, existing: 0 });
    expect((await host.setVfs(3)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 3, drift: null });
  });
});

describe('F49: cards and names that have moved', () => {
  it('F49: a number kept for one card is not applied to another, and the administrator is told', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F49.machine);
    await host.setVfs(4);
    const restored = await host.reboot();
    expect(restored).toMatchObject({ ok: false, results: [{ failure: { code: 'OTHER_CARD' } }] });
    expect(host.machine.numVfs(IGB)).toBe(0);
    const { body } = await fleet.until(host.config(), ({ last_error: error }) => error !== null);
    expect(body.last_error.cause).toMatch(/another card is at 0000:05:00\.0: 4 virtual functions are kept for/);
    expect(body.last_error.cause).toMatch(/vfleet-host-agent forget 0000:05:00\.0/);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4, last_error: null });
    expect((await host.reboot()).ok).toBe(true);
  });

  it('F49: an interface with another name after boot keeps its VFs configuration, and is restored', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F50.machine);
    const { id } = (await host.setVfs(4)).body;
    const restored = await host.reboot({ meanwhile: () => host.machine.renameNic(IGB, 'lan1') });
    expect(restored).toMatchObject({ ok: true, results: [{ outcome: 'restored', count: 4 }] });
    const { body } = await fleet.until(`${host.path}/nics/lan1`, (nic) => nic.vfs_config?.existing_num_of_vfs === 4);
    expect(body.vfs_config.id).toBe(id);
  });
});

describe('F50: what is kept of a number', () => {
  it('F50: is there as soon as the administrator is told that it is applied', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F50.machine);
    await host.setVfs(5);
    expect(host.files.contents.get(`virtual_functions/${IGB}`)?.trim()).toBe('5');
    host.kill();
    expect((await host.reboot()).results).toMatchObject([{ outcome: 'restored', count: 5 }]);
  });

  it('F50: in another format keeps no other PF from being restored, and is told with the file and what to do', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F50.machine);
    await host.setVfs(5);
    await host.setVfs(2, OTHER);
    host.files.contents.set(`virtual_functions/${IGB}`, '{"numvfs": 5}');
    const { ok, results } = await host.reboot();
    expect(ok).toBe(false);
    expect(results).toMatchObject([{ outcome: 'failed', failure: { code: 'STATE_FILE' } }, { outcome: 'restored' }]);
    const { body } = await fleet.until(host.config(), ({ last_error: error }) => error !== null);
    expect(body.last_error.cause).toContain(`virtual_functions/${IGB}`);
    expect((await fleet.get(host.config(OTHER))).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 2 });
    const refused = await host.setVfs(5);
    expect(refused.status).toBe(502);
    expect(refused.body.refusals[0].remedy).toMatch(
      /Write the wanted number into .*, or run: vfleet-host-agent forget/,
    );
    host.files.contents.set(`virtual_functions/${IGB}`, '5');
    expect((await host.setVfs(5)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 5, last_error: null });
  });
});

describe('F51: what VFs were bound to', () => {
  it('F51: is as new after a boot; the VM is down, its claim is gone, and it starts on a VF that is set anew', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F51.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host, { network: { vlan_id: 55 } });
    const { mac } = (await vm.start()).body.nics[0];
    expect((await host.reboot()).ok).toBe(true);
    await fleet.until(vm.path, ({ status }) => status === 'down');
    const vf = await host.untilVf('0000:05:10.0', (nic) => nic.vf.free);
    expect(vf).toMatchObject({ driver: 'igbvf' });
    expect((await vm.start()).body.status).toBe('up');
    expect(host.machine.vfSettings('0000:05:10.0')).toMatchObject({ mac, vlanId: 55 });
  });

  it('F51: stays while only the agent is restarted: the VM runs on, and its VF is not given out', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F51.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host);
    await vm.start();
    host.kill();
    await fleet.pass(60_000);
    await host.start();
    await fleet.until(host.path, ({ status }) => status === 'up');
    expect(await vm.show()).toMatchObject({ status: 'up', nics: [{ vf: { state: 'attached' } }] });
    await vm.stop();
    await host.untilVf('0000:05:10.0', (nic) => nic.vf.free);
  });
});

it('F52: a VM is not started on VFs that are not there yet; it says what is missing, and starts once they are', async () => {
  const host = await addHost(fleet, FAULT_SCENARIOS.F52.machine);
  await host.setVfs(4);
  const vm = await addVm(fleet, host);
  await host.reboot({ restores: false });
  await fleet.until(host.config(), ({ drift }) => drift !== null);
  const { status, text } = await vm.start();
  expect(status).toBe(409);
  expect(text).toMatch(/it has no virtual functions/);
  expect((await host.setVfs(4)).body).toMatchObject({ existing_num_of_vfs: 4, drift: null });
  expect((await vm.start()).body.status).toBe('up');
});

describe('F53: what libvirt counts to a domain', () => {
  it('F53: a VF of a domain that is not ours is in use, by name, until that domain ends', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F53.machine);
    const held = await host.untilVf('0000:05:10.0', (nic) => nic.vf.state === 'in_use');
    expect(JSON.stringify(held.vf.reasons)).toMatch(/legacy/);
    const refused = await host.setVfs(4);
    expect(refused.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' });
    expect(refused.body.detail).toMatch(/legacy/);
    const { body } = await fleet.until(host.path, ({ differences }) => differences.length > 0);
    expect(body.differences).toMatchObject([{ code: 'DOMAIN_WITHOUT_CLAIM', pci_address: '0000:05:10.0' }]);
    await host.machine.endForeignDomain('legacy');
    await host.untilVf('0000:05:10.0', (nic) => nic.vf.free);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
  });

  it('F53: a VF that libvirt says is in use by a domain that VFleet does not see fails the start in its words', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F51.machine);
    await host.setVfs(1);
    const vm = await addVm(fleet, host);
    host.machine.inject({
      kind: 'start-fails',
      message: 'Requested operation is not valid: PCI device 0000:05:10.0 is in use by driver QEMU, domain gone',
    });
    const { status, text } = await vm.start();
    expect(status).toBe(409);
    expect(text).toMatch(/is in use by driver QEMU, domain gone/);
    await host.untilVf('0000:05:10.0', (nic) => nic.vf.free);
    expect((await vm.start()).body.status).toBe('up');
  });
});
