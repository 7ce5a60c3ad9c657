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

const startHere = (vm: string) => system.post(`${vm}/start`, { host: { id: system.host } });

describe('a VF that a VM has', () => {
  it('F39: is kept when it vanishes, is not given to another, and ends with its VM', async () => {
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const { pci_address: address } = nicOf(await startHere(vm)).vf;
    system.machine.removeVf(address);
    const hit = await system.until(config, ({ health }) => health.problems.length > 0);
    expect(hit.body.health).toMatchObject({
      state: 'degraded',
      problems: [{ code: 'VF_GONE', text: expect.stringContaining(`${address} of vm-a`) }],
      vms: [{ name: 'vm-a' }],
    });
    const { differences } = (await system.get(`/api/hosts/${system.host}`)).body;
    expect(differences).toMatchObject([{ code: 'CLAIMED_VF_MISSING', pci_address: address }]);
    expect(nicOf(await system.get(vm)).vf).toMatchObject({ pci_address: address, state: 'attached' });
    const refused = await system.post(`${config}/repair`, undefined);
    expect(refused.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED' });
    expect(refused.body.detail).toContain(`not shown by the host: ${address}`);

    expect((await system.post(`${vm}/stop`, { force: true })).body.status).toBe('down');
    await system.until(`/api/hosts/${system.host}`, ({ differences: left }) => left.length === 0);
    const repaired = await system.post(`${config}/repair`, undefined);
    expect(repaired.body).toMatchObject({ existing_num_of_vfs: 2, num_of_free_vfs: 2, health: { state: 'healthy' } });
    expect((await startHere(vm)).body.status).toBe('up');
  });

  it('F39: that may serve its network no more is kept until it is given back, and not given out again', async () => {
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await startHere(vm);
    expect((await system.put(config, { all_networks_allowed: false })).status).toBe(200);
    expect(nicOf(await system.get(vm)).vf).toMatchObject({ state: 'attached' });
    expect((await system.get(vm)).body.status).toBe('up');
    expect((await system.post(`${vm}/stop`, {})).body.status).toBe('down');
    const refused = await startHere(vm);
    expect(refused).toMatchObject({ status: 409, body: { code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' } });
    expect((await system.post(`${config}/networks`, { id: 'red' })).status).toBe(201);
    expect((await startHere(vm)).body.status).toBe('up');
  });

  it('F40: is kept when its PF is given away as a whole, which hits its VM by name, and no other is given out', async () => {
    const vm = await addVm(system, 'vm-a', 'red-vf');
    await startHere(vm);
    const end = system.machine.inject({ kind: 'pf-given-away', pf: PF });
    const ill = await system.until(config, ({ health }) => health.state === 'unhealthy');
    expect(ill.body).toMatchObject({
      num_of_free_vfs: 0,
      health: { problems: [{ code: 'PF_GIVEN_AWAY', remedy: expect.any(String) }], vms: [{ name: 'vm-a' }] },
    });
    const refused = await startHere(await addVm(system, 'vm-b', 'red-vf'));
    expect(refused.text).toContain('vfio-pci');
    expect((await system.put(config, { num_of_vfs: 0 })).body).toMatchObject({
      status: 409,
      code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
    });
    expect(nicOf(await system.get(vm)).vf).toMatchObject({ state: 'attached' });
    end();
    await system.until(config, ({ health, num_of_free_vfs: free }) => health.state === 'healthy' && free === 1);
  });
});

describe('what the ledger has not heard yet', () => {
  it('F54: a number that is asked for while the host holds another is set right once that is heard', async () => {
    const end = system.machine.inject({ kind: 'scan-hangs' });
    await system.machine.writeByHand(PF, 0);
    const asked = await system.put(config, { num_of_vfs: 2 });
    expect(asked.body).toMatchObject({ state: 'ready', existing_num_of_vfs: 2 });
    end();
    const heard = await system.until(config, ({ drift }) => drift !== null);
    expect(heard.body).toMatchObject({ drift: { wanted: 2, existing: 0 }, num_of_free_vfs: 0 });
    const writes = system.machine.writes().length;
    expect((await system.put(config, { num_of_vfs: 2 })).body).toMatchObject({ existing_num_of_vfs: 2, drift: null });
    expect(system.machine.writes().length).toBeGreaterThan(writes);
  });
});
