import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FlowSystem, startFlowSystem } from './flow-system.ts';

const PF = '0000:05:00.0';
const OTHER_PF = '0000:84:00.0';
const AT_ONCE = { prefer: 'wait=0' };

let system: FlowSystem;
let config: string;

/** A write outlives its deadline: the kernel waits for whoever holds a VF. */
beforeEach(async () => {
  system = await startFlowSystem({ agent: { writeDeadlineMs: 300 } });
  config = `/api/hosts/${system.host}/nics/pci_0000_05_00_0/vfsConfig`;
  await system.until(config, ({ state }) => state === 'unmanaged');
  await system.put(config, { num_of_vfs: 2 });
  system.machine.inject({ kind: 'hang', pf: PF, writes: { count: 0, times: 1 } });
  await system.put(config, { num_of_vfs: 3 }, AT_ONCE);
  await system.until(config, ({ state }) => state === 'stuck');
});
afterEach(() => system.close());

describe('a PF whose write does not end', () => {
  it('is shown as stuck with what to do, and its VFs are not free', async () => {
    const { body } = await system.get(config);
    expect(body).toMatchObject({ state: 'stuck', num_of_free_vfs: 0, last_error: { code: 'PF_STUCK' } });
    expect(body.last_error.remedy).toMatch(/reboot/);
  });

  it('refuses every number with nothing saved', async () => {
    const { body } = await system.get(config);
    const answer = await system.put(config, { num_of_vfs: 1 });
    expect(answer.body).toMatchObject({ status: 409, code: 'PF_STUCK' });
    expect((await system.get(config)).body.generation).toBe(body.generation);
  });

  it('keeps no other PF and no heartbeat from working', async () => {
    const other = await system.put(`/api/hosts/${system.host}/nics/pci_${OTHER_PF.replace(/[:.]/g, '_')}/vfsConfig`, {
      num_of_vfs: 4,
    });
    expect(other.body).toMatchObject({ state: 'ready', existing_num_of_vfs: 4 });
    expect((await system.get(`/api/hosts/${system.host}`)).body.status).toBe('up');
  });

  it('gets no second write, also when the whole system is started anew, and settles when the write ends', async () => {
    const writes = system.machine.writes().length;
    await system.restart();
    await system.until(`/api/hosts/${system.host}`, ({ status }) => status === 'up');
    expect((await system.get(config)).body.state).toBe('stuck');
    expect(system.machine.writes()).toHaveLength(writes);
    system.machine.releaseWrite(PF);
    const { body } = await system.until(config, ({ state }) => state !== 'stuck' && state !== 'changing');
    expect(body.existing_num_of_vfs).toBe(system.machine.numVfs(PF));
    expect((await system.put(config, { num_of_vfs: 3 })).body).toMatchObject({
      state: 'ready',
      existing_num_of_vfs: 3,
    });
  });
});
