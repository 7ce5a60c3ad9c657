import { RunVm, StopVm } from '@vfleet/contracts/scheduler/runs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PLACEMENTS } from './collections.ts';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { codesOf, replyOf, type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

let world: SchedulerUnderTest;

beforeEach(async () => {
  world = await schedulerUnderTest();
  await world.addHost(sampleHost('alpha', [samplePf(1, 4)]));
  world.vms.put(sampleVm('web', [sampleVnic('nic1', 'red'), sampleVnic('nic2', 'red')]));
  await world.pass(1000);
});
afterEach(async () => {
  expect(world.machines.violations).toEqual([]);
  await world.close();
});

it('a VM is started with its VFs and stopped without any left', async () => {
  const begun = replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  expect(begun).toMatchObject({ id: 'op-1', kind: 'start', state: 'open', host: { name: 'alpha' } });
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'done', problems: [], notes: [] });
  expect(await world.runtime('id-web')).toMatchObject({ status: 'up', host: { name: 'alpha' }, operation: null });
  expect(world.inventory.claims().map(({ state }) => state)).toEqual(['attached', 'attached']);
  expect(world.machines.hostOf('id-web')).toBe('id-alpha');
  expect(world.vms.placementOf('id-web')).toBe((await world.placement('id-web'))?.placementId);

  replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-2'));
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ kind: 'stop', state: 'done' });
  expect(await world.runtime('id-web')).toMatchObject({ status: 'down', host: null });
  expect(world.inventory.claims()).toEqual([]);
  expect(world.machines.hostOf('id-web')).toBeUndefined();
  expect(world.vms.placementOf('id-web')).toBeNull();
  expect(world.notes).toEqual([
    { action: 'startVm', outcome: 'done', codes: [] },
    { action: 'stopVm', outcome: 'done', codes: [] },
  ]);
});

it('who stops what is being stopped waits for that stop, unless with force', async () => {
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
  replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-2'));
  expect(replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-3'))).toMatchObject({ id: 'op-2' });
  expect(replyOf(await world.ask(StopVm, { vm: 'web', force: true }, 'op-4'))).toMatchObject({ id: 'op-4' });
  await world.rest();
  expect(await world.operation('op-4')).toMatchObject({ state: 'done' });
  expect((await world.operation('op-2'))?.problems).toMatchObject([{ code: 'OPERATION_OVERTAKEN' }]);
});

it('a start is put twice: its intent, and that it runs', async () => {
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
  const documents = await world.store.open(PLACEMENTS);
  expect(await documents.get('id-web')).toMatchObject({ version: 2, body: { state: 'running', wakeAt: null } });
  await world.pass(120_000, 10_000);
  expect(await documents.get('id-web')).toMatchObject({ version: 2 });
});

it('a VM that runs is not started, and one that is down is stopped at once', async () => {
  expect(replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-0'))).toMatchObject({ state: 'done' });
  expect(await world.operation('op-0')).toMatchObject({ state: 'done' });
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  expect(codesOf(await world.ask(RunVm, { vm: 'web' }))).toEqual(['VM_IS_BUSY']);
  await world.rest();
  expect(codesOf(await world.ask(RunVm, { vm: 'web' }))).toEqual(['VM_IS_RUNNING']);
  expect(replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'))).toMatchObject({ id: 'op-1' });
});

it('a command that comes again gets its operation, though its VM is called otherwise now', async () => {
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
  world.vms.remove('id-web');
  expect(replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'))).toMatchObject({ id: 'op-1', state: 'done' });
  expect(codesOf(await world.ask(RunVm, { vm: 'web' }, 'op-2'))).toEqual(['VM_NOT_EXIST']);
});

it('the id of a command means one request', async () => {
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
  expect(codesOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-1'))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
});

it('a VM without vNICs runs, and is stopped', async () => {
  world.vms.put(sampleVm('bare', []));
  replyOf(await world.ask(RunVm, { vm: 'bare', host: 'alpha' }));
  await world.rest();
  expect(await world.runtime('id-bare')).toMatchObject({ status: 'up', host: { name: 'alpha' }, vnics: [] });
  replyOf(await world.ask(StopVm, { vm: 'bare', force: true }));
  await world.rest();
  expect(await world.runtime('id-bare')).toMatchObject({ status: 'down' });
});

it('what runs can be stopped by its id while policy is away, and ends when policy is back', async () => {
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
  const comesBack = world.silencePolicy();
  expect(replyOf(await world.ask(StopVm, { vm: 'id-web', force: false }, 'op-2'))).toMatchObject({ state: 'open' });
  await world.pass(30_000, 5000);
  expect(world.machines.hostOf('id-web')).toBeUndefined();
  expect(await world.operation('op-2')).toMatchObject({ state: 'open' });
  await comesBack();
  await world.pass(30_000, 5000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'done' });
});
