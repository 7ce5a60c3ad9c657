import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FlowSystem, startFlowSystem } from './flow-system.ts';

const PF = '0000:05:00.0';

let system: FlowSystem;
let config: string;

beforeEach(async () => {
  system = await startFlowSystem();
  const { body } = await system.until(`/api/hosts/${system.host}/nics`, ({ items }) => items.length > 0);
  const pf = body.items.find((each: { pci_address: string }) => each.pci_address === PF);
  config = `/api/hosts/${system.host}/nics/${pf.id}/vfsConfig`;
});
afterEach(() => system.close());

it('everything answered is there after a restart of the whole system', async () => {
  await system.put(config, { num_of_vfs: 4 });
  const before = (await system.get(config)).body;
  await system.restart();
  await system.until(`/api/hosts/${system.host}`, ({ status }) => status === 'up');
  expect((await system.get(config)).body).toEqual(before);
  expect(system.machine.numVfs(PF)).toBe(4);
});

it('a change that was answered 202 is applied although the system stops right after', async () => {
  expect((await system.put(config, { num_of_vfs: 6 }, { prefer: 'wait=0' })).status).toBe(202);
  await system.restart();
  await system.until(config, (body) => body.state === 'ready' && body.existing_num_of_vfs === 6);
  expect(system.machine.numVfs(PF)).toBe(6);
});

it('the newer of two changes wins and the older caller is told', async () => {
  await system.put(config, { num_of_vfs: 1 });
  const end = system.machine.inject({ kind: 'hang', pf: PF, writes: { count: 0 } });
  const older = system.put(config, { num_of_vfs: 3 });
  await system.until(config, (body) => body.generation === 2);
  const newer = system.put(config, { num_of_vfs: 5 });
  await system.until(config, (body) => body.generation === 3);
  end();
  system.machine.releaseWrite(PF);
  expect((await newer).body).toMatchObject({ state: 'ready', existing_num_of_vfs: 5 });
  expect((await older).body).toMatchObject({ code: 'SUPERSEDED', status: 409 });
});

it('a PF that is taken out keeps its configuration, missing, and is itself again when it returns', async () => {
  await system.put(config, { num_of_vfs: 2 });
  system.machine.removePf(PF);
  await system.until(config, (body) => body.state === 'missing');
  expect((await system.put(config, { num_of_vfs: 1 })).body).toMatchObject({ status: 409, code: 'PF_MISSING' });
  system.machine.returnPf(PF);
  await system.until(config, (body) => body.state !== 'missing' && body.drift !== null);
  expect((await system.put(config, { num_of_vfs: 2 })).body).toMatchObject({
    state: 'ready',
    existing_num_of_vfs: 2,
    drift: null,
  });
});

it('the configuration of a PF that is gone for good can be removed', async () => {
  expect((await system.request('DELETE', config)).body).toMatchObject({ code: 'PF_NOT_MISSING', status: 409 });
  system.machine.removePf(PF);
  await system.until(config, (body) => body.state === 'missing');
  expect((await system.request('DELETE', config)).status).toBe(204);
  expect((await system.get(config)).status).toBe(404);
});
