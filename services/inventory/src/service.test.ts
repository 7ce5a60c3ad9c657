import {
  AddHost,
  GetHost,
  GetVfsConfig,
  ListDevices,
  ListNics,
  RemoveHost,
  UpdateHost,
  UpdateVfsConfig,
} from '@vfleet/contracts/inventory';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INVENTORY_DEFAULTS } from './config.ts';
import { type InventoryUnderTest, inventoryUnderTest, replyOf } from './testing/inventory-under-test.ts';

const ON_PF = { host: 'alpha', nic: 'ens11', vfsConfig: 'vfsConfig' };

let world: InventoryUnderTest;

beforeEach(async () => {
  world = await inventoryUnderTest();
});
afterEach(() => world.close());

it('changes the number of VFs: wanted, told, settled, seen', async () => {
  await world.managedHost();
  const wanted = replyOf(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 }));
  expect(wanted).toMatchObject({ state: 'changing', generation: 1, observed_generation: 0 });
  await world.idle();
  const settled = replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 1 }));
  expect(settled).toMatchObject({
    outcome: { state: 'applied' },
    resource: { state: 'ready', existing_num_of_vfs: 4, num_of_free_vfs: 4 },
  });
  expect(replyOf(await world.ask(ListNics, { host: 'h1', limit: 100 })).items.map(({ name }) => name)).toEqual([
    'ens11',
    'ens11v0',
    'ens11v1',
    'ens11v2',
    'ens11v3',
  ]);
});

it('saves nothing for a host whose agent is away, and says since when', async () => {
  const { leave } = await world.managedHost();
  await leave();
  const verdict = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  expect(verdict).toMatchObject({
    ok: false,
    refusals: [{ code: 'HOST_UNREACHABLE', detail: expect.stringContaining('alpha') }],
  });
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource).toMatchObject({ generation: 0, state: 'unmanaged' });
});

it('tells broken rules before it looks for the host', async () => {
  const { leave } = await world.managedHost();
  await leave();
  expect(await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 99 })).toMatchObject({
    refusals: [{ code: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE' }],
  });
});

it('gives a redelivered command its first answer and makes no second generation', async () => {
  await world.managedHost();
  const first = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 }, 'command-1');
  await world.idle();
  const again = await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 }, 'command-1');
  expect(again).toEqual(first);
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource.generation).toBe(1);
});

it('answers an overtaken generation superseded, and settles the newest', async () => {
  const { agent } = await world.managedHost();
  agent.applies = false;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  await world.idle();
  agent.applies = true;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 2 });
  await world.idle();
  expect(replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 1 })).outcome).toEqual({
    state: 'superseded',
    by: 2,
  });
  expect(replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 2 })).outcome).toEqual({ state: 'applied' });
});

it('tells a host again what it has not settled, after its own death too', async () => {
  const { agent } = await world.managedHost();
  agent.applies = false;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  await world.idle();
  agent.applies = true;
  await world.restart();
  await world.clock.advance(INVENTORY_DEFAULTS.tellUnsettledMs + 1);
  await world.idle();
  expect(agent.wanted).toEqual([1, 1]);
  expect(replyOf(await world.ask(GetVfsConfig, ON_PF)).resource).toMatchObject({
    state: 'ready',
    existing_num_of_vfs: 4,
  });
});

it('never tells a failed generation again', async () => {
  const { agent, tell } = await world.managedHost();
  agent.applies = false;
  await world.ask(UpdateVfsConfig, { ...ON_PF, numOfVfs: 4 });
  const failure = { code: 'EIO', cause: 'The card failed.', remedy: 'Replace it.' };
  await tell(0, {
    vfsConfigId: 'h1-1',
    generation: 1,
    wanted: 4,
    wantedMtu: null,
    outcome: { result: 'failed', failure },
    existing: 0,
  });
  await world.idle();
  const told = agent.wanted.length;
  await world.clock.advance(5 * INVENTORY_DEFAULTS.tellUnsettledMs);
  await world.idle();
  expect(agent.wanted.length).toBe(told);
  expect(replyOf(await world.ask(GetVfsConfig, { ...ON_PF, generation: 1 }))).toMatchObject({
    outcome: { state: 'failed', cause: failure.cause, existing: 0 },
    resource: { state: 'failed', last_error: failure },
  });
});

it('turns a host up when it is heard and down after three missed heartbeats', async () => {
  const { beat } = await world.managedHost();
  const status = async () => replyOf(await world.ask(GetHost, { host: 'alpha' })).resource.status;
  expect(await status()).toBe('down');
  await beat('d1');
  await world.idle();
  expect(await status()).toBe('up');
  await world.clock.advance(14_000);
  expect(await status()).toBe('up');
  await world.clock.advance(3000);
  await world.idle();
  expect(await status()).toBe('down');
});

it('asks for the report when a heartbeat tells of another state, and not when it agrees', async () => {
  const { agent, beat } = await world.managedHost();
  await beat('d1');
  await world.idle();
  expect(agent.asked).toBe(0);
  await beat('d9');
  await world.idle();
  expect(agent.asked).toBe(1);
});

it('does not take in a host that nobody added', async () => {
  const { tell } = await world.attachAgent();
  await tell(2);
  await world.idle();
  expect(await world.ask(GetHost, { host: 'h1' })).toMatchObject({ ok: false, refusals: [{ code: 'HOST_NOT_EXIST' }] });
});

it('puts a host up again that was heard while it was being put down', async () => {
  const { beat } = await world.managedHost();
  const status = async () => replyOf(await world.ask(GetHost, { host: 'alpha' })).resource.status;
  await beat('d1');
  await world.idle();
  await world.clock.advance(17_000);
  const late = beat('d1');
  await world.clock.advance(1);
  await late;
  await world.idle();
  await world.clock.advance(5000);
  await beat('d1');
  await world.idle();
  expect(await status()).toBe('up');
});

it('takes no silence for death that was its own: a process that was stopped', async () => {
  const { beat } = await world.managedHost();
  await beat('d1');
  await world.idle();
  world.clock.jump(60_000);
  await world.clock.advance(1000);
  await world.idle();
  expect(replyOf(await world.ask(GetHost, { host: 'alpha' })).resource.status).toBe('up');
});

it('looks at the ledger again after a while, for another process may have put the host down', async () => {
  const { beat } = await world.managedHost();
  await beat('d1');
  await world.idle();
  await world.putDownByAnother('h1');
  for (let n = 0; n < 8; n++) {
    await world.clock.advance(5000);
    await beat('d1');
    await world.idle();
  }
  expect(replyOf(await world.ask(GetHost, { host: 'alpha' })).resource.status).toBe('up');
});

it('lets no name be the id of another host, nor an id the name of another', async () => {
  await world.ask(AddHost, { hostId: 'h1', name: 'alpha' });
  expect(await world.ask(AddHost, { hostId: 'h2', name: 'h1' })).toMatchObject({
    refusals: [{ code: 'HOST_NAME_IN_USE' }],
  });
  expect(await world.ask(AddHost, { hostId: 'alpha', name: 'beta' })).toMatchObject({
    refusals: [{ code: 'ID_ALREADY_USED' }],
  });
  await world.ask(AddHost, { hostId: 'h3', name: 'h3' });
  expect(await world.ask(UpdateHost, { host: 'h3', name: 'h1' })).toMatchObject({
    refusals: [{ code: 'HOST_NAME_IN_USE' }],
  });
  expect(replyOf(await world.ask(GetHost, { host: 'h1' })).resource.name).toBe('alpha');
});

it('never gives the id of a removed host out again, and forgets its listing', async () => {
  await world.managedHost();
  expect(await world.ask(RemoveHost, { host: 'alpha' })).toMatchObject({ ok: true });
  world.clock.jump(8 * 24 * 3_600_000);
  await world.clock.advance(6000);
  await world.idle();
  expect(await world.ask(AddHost, { hostId: 'h1', name: 'alpha' })).toMatchObject({
    refusals: [{ code: 'ID_ALREADY_USED' }],
  });
  expect(await world.ask(ListDevices, { host: 'h1', limit: 1 })).toMatchObject({
    refusals: [{ code: 'HOST_NOT_EXIST' }],
  });
});
