import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addHost } from './fault-host.ts';
import { type FaultSystem, startFaultSystem } from './fault-system.ts';
import { addVm } from './fault-vm.ts';

const IGB = '0000:05:00.0';
const SECOND_PORT = '0000:05:00.1';

let fleet: FaultSystem;
beforeAll(async () => {
  fleet = await startFaultSystem();
});
afterAll(() => fleet.close());

describe('F58: nothing is done to what was not named', () => {
  it('F58: VFs of a PF that is not managed stay as they are, whatever is done beside them', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F58.machine);
    const before = (await host.vfs()).map(({ mac, vf }) => [mac, vf.driver]);
    await host.setVfs(4, SECOND_PORT);
    await host.setVfs(2, SECOND_PORT);
    host.kill();
    await host.start();
    await fleet.until(host.path, ({ status }) => status === 'up');
    expect((await host.vfs()).map(({ mac, vf }) => [mac, vf.driver])).toEqual(before);
    expect(host.machine.writes().every(({ pciAddress }) => pciAddress === SECOND_PORT)).toBe(true);
    expect((await fleet.get(host.config())).body.state).toBe('unmanaged');
  });

  it('F58: a VF is taken and given back alone: neither its PF nor its neighbours are touched', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F58.machine);
    await host.setVfs(3);
    const vm = await addVm(fleet, host);
    const vfs = (await host.vfs()).map(({ vf }) => vf.pci_address);
    const before = vfs.map((vf) => host.machine.vfSettings(vf));
    const { vf } = (await vm.start()).body.nics[0];
    const others = vfs.filter((each) => each !== vf.pci_address);
    expect(others.map((each) => host.machine.vfSettings(each))).toEqual(
      others.map((each) => before[vfs.indexOf(each)]),
    );
    expect(await host.nic('enp5s0f0')).toMatchObject({ driver: 'igb', carrier: true });
    await vm.stop();
    await fleet.until(host.config(), ({ num_of_free_vfs: free }) => free === 3);
    expect(vfs.map((each) => host.machine.vfSettings(each))).toEqual(before);
    expect(await host.nic('enp5s0f0')).toMatchObject({ driver: 'igb', carrier: true });
  });
});

describe('F59: a change that fails', () => {
  it('F59: after the VFs were removed has the old number made again, and touches no other PF', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F59.machine);
    await host.setVfs(4);
    await host.setVfs(3, SECOND_PORT);
    const others = (await host.vfs(SECOND_PORT)).map(({ mac }) => mac);
    const { status, body } = await host.setVfs(6);
    expect(status).toBe(502);
    expect(body.detail).toMatch(/no PCI memory space.*last known good number was written again: there are 4/s);
    const isBack = ({ num_of_free_vfs: free }: { num_of_free_vfs: number }) => free === 4;
    expect((await fleet.until(host.config(), isBack)).body).toMatchObject({ state: 'failed' });
    expect((await host.vfs(SECOND_PORT)).map(({ mac }) => mac)).toEqual(others);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', last_error: null });
  });

  it('F59: before the first write changes nothing, not even its own VFs', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F58.machine);
    const before = (await host.vfs()).map(({ mac }) => mac);
    host.machine.inject({ kind: 'errno', pf: IGB, errno: 'EPERM', writes: { count: 0 } });
    const { status, body } = await host.setVfs(5);
    expect(status).toBe(502);
    expect(body.detail).toMatch(/Nothing was changed; there are 3 virtual functions as before/);
    expect((await host.vfs()).map(({ mac }) => mac)).toEqual(before);
  });

  it('F59: also on the way back tells both failures, and what there is now', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F59.machine);
    await host.setVfs(4);
    host.machine.inject({ kind: 'errno', pf: IGB, errno: 'EIO', writes: { count: 4 } });
    const { status, body } = await host.setVfs(6);
    expect(status).toBe(502);
    expect(body.detail).toMatch(/ENOMEM.*Writing the last known good number 4 again failed too.*EIO.*Now there are 0/s);
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
  });

  it('F59: at boot keeps no other PF from being restored', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F58.machine);
    await host.setVfs(4);
    await host.setVfs(2, SECOND_PORT);
    const { ok, results } = await host.reboot({
      meanwhile: () => host.machine.inject({ kind: 'errno', pf: IGB, errno: 'ENOMEM', writes: { count: 4 } }),
    });
    expect(ok).toBe(false);
    expect(results).toMatchObject([{ outcome: 'failed', failure: { code: 'ENOMEM' } }, { outcome: 'restored' }]);
    await fleet.until(host.config(SECOND_PORT), ({ existing_num_of_vfs: existing }) => existing === 2);
    const { body } = await fleet.until(host.config(), ({ drift }) => drift !== null);
    expect(body.drift).toMatchObject({ wanted: 4, existing: 0 });
    expect((await host.setVfs(4)).body).toMatchObject({ state: 'ready', drift: null });
  });
});

describe('F60: a host whose devices take long to be looked through', () => {
  it('F60: stays up, and says so; what is done there is settled all the same', async () => {
    const host = await addHost(fleet, FAULT_SCENARIOS.F9.machine);
    const [fault] = FAULT_SCENARIOS.F60.machine.faults ?? [];
    if (!fault) throw new Error('nothing befalls the machine');
    const heal = host.machine.inject(fault);
    const told = new Set<string>();
    for (let waited = 0; waited < 300; waited += 10) {
      await fleet.pass(10_000);
      const { status, last_report_error: error } = await host.show();
      expect(status).toBe('up');
      if (error !== null) told.add(error.detail);
    }
    expect([...told]).toEqual(['the host could not be scanned within 60 s']);
    await fleet.put(host.config(), { num_of_vfs: 4 }, { prefer: 'wait=300' });
    const { body } = await fleet.until(host.config(), ({ state }) => state !== 'changing');
    expect(body).toMatchObject({ state: 'ready', observed_generation: 1 });
    heal();
    await fleet.until(host.path, ({ last_report_error: error, free_vfs: free }) => error === null && free === 4);
  });
});
