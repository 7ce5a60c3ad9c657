import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowSystem } from './flow-system.ts';
import { addVm, giveVfs, nicOf, startVmFleet } from './vm-fleet.ts';

const PF = '0000:05:00.0';

let system: FlowSystem;
let config: string;

beforeEach(async () => {
  system = await startVmFleet();
  config = await giveVfs(system, system.host, 2);
});
afterEach(() => system.close());

const notes = async (action: string) =>
  (await system.get('/api/audit?limit=100')).body.items.filter((entry: { action: string }) => entry.action === action);

describe('a physical function that becomes unhealthy', () => {
  it('is not given out any more, names the VMs it hits, and is given out again when its errors are acknowledged', async () => {
    const running = await addVm(system, 'vm-a', 'red-vf');
    expect(nicOf(await system.post(`${running}/start`, {})).vf).toMatchObject({ state: 'attached' });
    system.machine.inject({ kind: 'pcie-errors', pf: PF, fatal: 2 });
    const ill = await system.until(config, ({ health }) => health.state === 'unhealthy');
    expect(ill.body).toMatchObject({
      num_of_free_vfs: 0,
      health: {
        problems: [{ code: 'PCIE_FATAL_ERRORS', text: expect.stringContaining('2 fatal'), remedy: expect.any(String) }],
        vms: [{ id: 'vm-a', name: 'vm-a' }],
      },
    });
    expect((await system.get(running)).body.status).toBe('up');
    expect((await system.get(`/api/hosts/${system.host}`)).body.unhealthy_pfs).toBe(1);

    const waiting = await addVm(system, 'vm-b', 'red-vf');
    const refused = await system.post(`${waiting}/start`, { host: { id: system.host } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' } });
    expect(refused.text).toContain('2 fatal errors');
    expect(await notes('pfUnhealthy')).toMatchObject([{ outcome: 'failed', detail: expect.stringContaining('vm-a') }]);

    expect((await system.post(`${config}/acknowledge`, undefined)).body.health).toMatchObject({ state: 'healthy' });
    expect(await notes('pfHealthy')).toHaveLength(1);
    expect((await system.post(`${waiting}/start`, { host: { id: system.host } })).status).toBe(200);
  });

  it('lacks a carrier, when its cluster says that this counts', async () => {
    system.machine.setCarrier(PF, false);
    await system.until(config, ({ health }) => health.carrier === false && health.state === 'healthy');
    expect((await system.put('/api/clusters/Default', { require_carrier: true })).status).toBe(200);
    const ill = await system.until(config, ({ health }) => health.state === 'unhealthy');
    expect(ill.body).toMatchObject({ num_of_free_vfs: 0, health: { problems: [{ code: 'NO_CARRIER' }] } });
    system.machine.setCarrier(PF, true);
    await system.until(config, ({ health, num_of_free_vfs: free }) => health.state === 'healthy' && free === 2);
  });

  it('is healthy again when its driver is back, and had no drift meanwhile (F13, F48)', async () => {
    const end = system.machine.inject({ kind: 'driver-missing', pf: PF, afterBootMs: null });
    const ill = await system.until(config, ({ health }) => health.state === 'unhealthy');
    expect(ill.body).toMatchObject({ drift: null, health: { problems: [{ code: 'PF_DRIVER_LOST' }] } });
    end();
    await system.until(config, ({ health, drift }) => health.state === 'healthy' && drift === null);
  });
});

describe('a number of virtual functions that was changed by hand', () => {
  it('is shown, not given out, and repaired', async () => {
    await system.machine.writeByHand(PF, 0);
    await system.machine.writeByHand(PF, 5);
    const drifted = await system.until(config, ({ drift }) => drift?.existing === 5);
    expect(drifted.body).toMatchObject({ drift: { wanted: 2 }, existing_num_of_vfs: 5, num_of_free_vfs: 0 });
    const plan = await system.post(`${config}/plan`, { num_of_vfs: drifted.body.drift.wanted });
    expect(plan.body).toMatchObject({ from: 5, to: 2, conflicts: [] });

    const key = { 'idempotency-key': 'repair-1' };
    const repaired = await system.post(`${config}/repair`, undefined, key);
    expect(repaired).toMatchObject({ status: 200, body: { state: 'ready', drift: null, existing_num_of_vfs: 2 } });
    expect(system.machine.numVfs(PF)).toBe(2);
    const writes = system.machine.writes().length;
    expect((await system.post(`${config}/repair`, undefined, key)).body.generation).toBe(repaired.body.generation);
    expect((await system.post(`${config}/repair`, undefined)).body).toMatchObject({ status: 409, code: 'NO_DRIFT' });
    expect(system.machine.writes()).toHaveLength(writes);
  });

  it('is repaired without anybody waiting, and told where to look', async () => {
    await system.machine.writeByHand(PF, 0);
    await system.until(config, ({ drift }) => drift?.existing === 0);
    const begun = await system.post(`${config}/repair`, undefined, { prefer: 'wait=0' });
    expect([begun.status, begun.headers.get('location')]).toEqual([202, config]);
    await system.until(config, ({ state, existing_num_of_vfs: existing }) => state === 'ready' && existing === 2);
  });

  it('is adopted: no VF is touched, and the host keeps the number', async () => {
    await system.machine.writeByHand(PF, 0);
    await system.machine.writeByHand(PF, 5);
    await system.until(config, ({ drift }) => drift?.existing === 5);
    const writes = system.machine.writes().length;
    const adopted = await system.post(`${config}/adopt`, undefined);
    expect(adopted).toMatchObject({
      status: 200,
      body: { state: 'ready', num_of_vfs: 5, num_of_free_vfs: 5, drift: null },
    });
    expect(system.machine.writes()).toHaveLength(writes);
    expect((await system.post(`${config}/adopt`, undefined)).body).toMatchObject({ status: 409, code: 'NO_DRIFT' });
  });

  it('is not adopted when it has changed again meanwhile, and no VF is touched', async () => {
    await system.machine.writeByHand(PF, 0);
    await system.machine.writeByHand(PF, 5);
    await system.until(config, ({ drift }) => drift?.existing === 5);
    const end = system.machine.inject({ kind: 'scan-hangs' });
    await system.machine.writeByHand(PF, 0);
    await system.machine.writeByHand(PF, 3);
    const writes = system.machine.writes().length;
    const adopting = system.post(`${config}/adopt`, undefined);
    await system.until(config, ({ generation }) => generation === 2);
    end();
    const refused = await adopting;
    expect(refused.body).toMatchObject({ status: 409, code: 'EXISTING_VFS_CHANGED' });
    expect(refused.body.detail).toContain('has 3');
    expect(system.machine.writes()).toHaveLength(writes);
    await system.until(config, ({ drift }) => drift?.existing === 3 && drift.wanted === 2);
    expect((await system.post(`${config}/adopt`, undefined)).body).toMatchObject({ state: 'ready', num_of_vfs: 3 });
  });

  it('is not repaired under a virtual machine, which the plan names', async () => {
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const { vf } = nicOf(await system.post(`${vm}/start`, {}));
    const { items } = (await system.get(`/api/hosts/${system.host}/nics`)).body;
    const other = items.find(
      ({ vf: shown }: { vf: { pci_address: string } | null }) => shown && shown.pci_address !== vf.pci_address,
    );
    system.machine.removeVf(other.vf.pci_address);
    const drifted = await system.until(config, ({ drift }) => drift?.existing === 1);
    expect(drifted.body.drift.wanted).toBe(2);
    const plan = await system.post(`${config}/plan`, { num_of_vfs: 2 });
    expect(plan.body.vms).toMatchObject([{ name: 'vm-a', vnics: [{ name: 'nic1' }] }]);
    const refused = await system.post(`${config}/repair`, undefined);
    expect(refused.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' });
    expect(refused.body.detail).toContain('vm-a');

    await system.post(`${vm}/stop`, {});
    await system.until(config, ({ num_of_vfs_in_use: used }) => used === 0);
    expect((await system.post(`${config}/repair`, undefined)).body).toMatchObject({
      existing_num_of_vfs: 2,
      drift: null,
    });
  });

  it('a host that has just booted without its VFs starts no VM on what is there, and is repaired (F52)', async () => {
    await system.machine.reboot();
    await system.until(config, ({ drift }) => drift?.existing === 0);
    await system.machine.writeByHand(PF, 1);
    await system.until(config, ({ drift, existing_num_of_vfs: existing }) => existing === 1 && drift !== null);
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const refused = await system.post(`${vm}/start`, { host: { id: system.host } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' } });
    expect(refused.text).toContain('something else than VFleet changed');
    expect((await system.post(`${config}/repair`, undefined)).status).toBe(200);
    expect((await system.post(`${vm}/start`, { host: { id: system.host } })).status).toBe(200);
  });
});
