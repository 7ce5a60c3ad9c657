import { join } from 'node:path';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { restoreNumVfs } from '@vfleet/host-agent/restore';
import { HostAgentSettings } from '@vfleet/host-agent/settings';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowSystem } from './flow-system.ts';
import { addVm, giveVfs, startVmFleet } from './vm-fleet.ts';

const PF = '0000:05:00.0';

let system: FlowSystem;
let config: string;
const mtuOfPf = async () => (await system.machine.nicsOf([PF]))[0]?.mtu;

beforeEach(async () => {
  system = await startVmFleet();
  config = await giveVfs(system, system.host, 2);
});
afterEach(() => system.close());

describe('an administrator sets the MTU of a physical function', () => {
  it('which no virtual function notices, and leaves it alone again', async () => {
    const { length } = system.machine.writes();
    expect((await system.get(config)).body).toMatchObject({ mtu: null, existing_mtu: 1500, max_mtu: 9216 });
    const set = await system.put(config, { mtu: 9000 });
    expect(set).toMatchObject({ status: 200, body: { mtu: 9000, existing_mtu: 9000, state: 'ready', num_of_vfs: 2 } });
    expect(await mtuOfPf()).toBe(9000);
    expect(await system.put(config, { mtu: 9000 })).toMatchObject({ body: { generation: set.body.generation } });
    expect((await system.put(config, { mtu: null })).body).toMatchObject({ mtu: null, existing_mtu: 9000 });
    expect(system.machine.writes()).toHaveLength(length);
  });

  it('as its plan told', async () => {
    const { body: plan } = await system.post(`${config}/plan`, { mtu: 9000 });
    expect(plan).toMatchObject({ changes: true, mtu: { from: 1500, to: 9000 }, from: 2, to: 2, conflicts: [] });
    expect(plan.steps).toContain('set MTU 9000');
    expect((await system.put(config, { mtu: 4000, plan_token: plan.token })).body).toMatchObject({
      code: 'PLAN_IS_OUTDATED',
    });
    expect((await system.put(config, { mtu: 9000, plan_token: plan.token })).status).toBe(200);
  });

  it('that a network needs, and a virtual machine on it starts then', async () => {
    await system.put('/api/networks/red', { mtu: 9000 });
    const vm = await addVm(system, 'vm-a', 'red-vf');
    const refused = await system.post(`${vm}/start`, {});
    expect(refused.text).toContain('MTU');
    expect(refused.status).toBe(409);
    expect((await system.put(config, { mtu: 9000 })).status).toBe(200);
    expect(await system.post(`${vm}/start`, {})).toMatchObject({ status: 200, body: { status: 'up' } });

    const inUse = await system.put(config, { mtu: 9200 });
    expect(inUse.body).toMatchObject({ status: 409, code: 'ACTION_TYPE_FAILED_PF_MTU_CANNOT_BE_CHANGED' });
    expect(inUse.body.detail).toContain('vm-a');
    expect(await mtuOfPf()).toBe(9000);
  });

  it('and is told every rule that stands against it, and what the host could not do', async () => {
    const broken = await system.put(config, { mtu: 9217, num_of_vfs: 99 });
    expect(broken.status).toBe(400);
    expect(broken.body.refusals.map(({ code }: { code: string }) => code)).toEqual([
      'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
      'ACTION_TYPE_FAILED_PF_MTU_NOT_IN_VALID_RANGE',
    ]);
    system.machine.inject({ kind: 'mtu-errno', pf: PF, errno: 'EBUSY' });
    const failed = await system.put(config, { mtu: 9000 });
    expect(failed.body).toMatchObject({ status: 502, code: 'UPDATE_PF_MTU_FAILURE' });
    expect(failed.body.detail).toContain('EBUSY');
    expect((await system.get(config)).body).toMatchObject({ state: 'failed', existing_num_of_vfs: 2 });
    expect((await system.put(config, { mtu: 9000 })).body).toMatchObject({ state: 'ready', existing_mtu: 9000 });
  });

  it('which something else lowers: it is told, not set again by itself, and set again when it is sent again', async () => {
    await system.put(config, { mtu: 9000 });
    await system.machine.setPfMtu(PF, 1500);
    const host = `/api/hosts/${system.host}`;
    await system.post(`${host}/refresh`, {});
    const { body } = await system.until(host, ({ differences }) => differences.length > 0);
    expect(body.differences).toMatchObject([{ code: 'PF_MTU_TOO_LOW', pci_address: PF }]);
    expect(await mtuOfPf()).toBe(1500);
    expect((await system.put(config, { mtu: 9000 })).body).toMatchObject({ existing_mtu: 9000 });
    await system.until(host, ({ differences }) => differences.length === 0);
  });

  it('which a reboot restores with the virtual functions', async () => {
    await system.put(config, { mtu: 9000 });
    await system.machine.reboot();
    expect(await mtuOfPf()).toBe(1500);
    const restored = () =>
      restoreNumVfs({
        host: system.machine,
        files: diskFiles(join(system.folder, 'state-1')),
        clock: systemClock(),
        log: silentLog,
        waitMs: 200,
        settings: HostAgentSettings.parse({ pollMs: 20 }),
      });
    const end = system.machine.inject({ kind: 'mtu-errno', pf: PF, errno: 'EINVAL', calls: { times: null } });
    expect(JSON.stringify(await restored())).toContain('MTU_REFUSED');
    end();
    expect((await restored()).ok).toBe(true);
    expect([await mtuOfPf(), system.machine.numVfs(PF)]).toEqual([9000, 2]);
  });
});
