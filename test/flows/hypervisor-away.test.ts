import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowSystem } from './flow-system.ts';
import { addVm, giveVfs, nicOf, startVmFleet } from './vm-fleet.ts';

let system: FlowSystem;
let host: string;

beforeEach(async () => {
  system = await startVmFleet();
  host = `/api/hosts/${system.host}`;
});
afterEach(() => system.close());

describe('a host whose hypervisor does not answer', () => {
  it('is not operational, says what to do, gets no VM, keeps what runs, and heals', async () => {
    const config = await giveVfs(system, system.host, 2);
    const running = await addVm(system, 'vm-a', 'red-vf');
    expect((await system.post(`${running}/start`, {})).body.status).toBe('up');

    const end = system.machine.inject({ kind: 'libvirt-away' });
    const away = await system.until(host, ({ status }) => status === 'non_operational');
    expect(away.body.problems).toMatchObject([{ code: 'NO_HYPERVISOR', remedy: expect.stringContaining('libvirt') }]);
    expect(nicOf(await system.get(running)).vf).toMatchObject({ state: 'attached' });

    const waiting = await addVm(system, 'vm-b', 'red-vf');
    const refused = await system.post(`${waiting}/start`, { host: { id: system.host } });
    expect(refused).toMatchObject({ status: 409, body: { code: 'SCHEDULING_ALL_HOSTS_FILTERED_OUT' } });
    expect(refused.text).toContain('not operational');
    expect((await system.get(config)).body).toMatchObject({ num_of_vfs_in_use: 1, drift: null });

    end();
    const healed = await system.until(host, ({ status }) => status === 'up');
    expect(healed.body.problems).toEqual([]);
    expect((await system.post(`${waiting}/start`, { host: { id: system.host } })).body.status).toBe('up');
  });

  it('has its numbers of VFs changed all the same', async () => {
    const end = system.machine.inject({ kind: 'libvirt-away' });
    await system.until(host, ({ status }) => status === 'non_operational');
    const config = await giveVfs(system, system.host, 3);
    expect((await system.get(config)).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 3 });
    end();
  });
});
