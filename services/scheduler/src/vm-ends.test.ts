import { RunVm, StopVm } from '@vfleet/contracts/scheduler/runs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { replyOf, type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

let world: SchedulerUnderTest;

beforeEach(async () => {
  world = await schedulerUnderTest();
  await world.addHost(sampleHost('alpha', [samplePf(1, 2)]));
  world.vms.put(sampleVm('web', [sampleVnic('nic1', 'red')]));
  await world.pass(1000);
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
});
afterEach(async () => {
  expect(world.machines.violations).toEqual([]);
  await world.close();
});

async function expectDown() {
  expect(await world.runtime('id-web')).toMatchObject({ status: 'down', host: null, operation: null });
  expect(world.inventory.claims()).toEqual([]);
  expect(world.vms.placementOf('id-web')).toBeNull();
  expect(world.machines.hostOf('id-web')).toBeUndefined();
}

it('a VM that dies gives its VFs back and is noted', async () => {
  await world.agentOf('id-alpha').kill('id-web');
  await world.rest();
  await expectDown();
  expect(world.notes.at(-1)).toEqual({ action: 'vmDied', outcome: 'failed', codes: ['VM_DIED'] });
});

it('a host that reboots ends its VMs', async () => {
  world.leave('id-alpha');
  world.machines.powerOff('id-alpha');
  await world.arrive('id-alpha');
  await world.agentOf('id-alpha').report();
  await world.rest();
  await expectDown();
});

it('an agent that restarts ends nothing', async () => {
  world.leave('id-alpha');
  await world.arrive('id-alpha');
  await world.agentOf('id-alpha').report();
  await world.rest();
  expect(await world.runtime('id-web')).toMatchObject({ status: 'up', host: { name: 'alpha' } });
});

it('a report that is older than the start says nothing', async () => {
  const old = world.agentOf('id-alpha');
  world.leave('id-alpha');
  await world.arrive('id-alpha');
  expect(old).toBeDefined();
  await world.rest();
  expect(await world.runtime('id-web')).toMatchObject({ status: 'up' });
});

it('a host that is confirmed lost ends its VMs, and they start elsewhere', async () => {
  world.leave('id-alpha');
  world.machines.powerOff('id-alpha');
  await world.inventory.confirmLost('id-alpha');
  await world.rest();
  await expectDown();
  await world.addHost(sampleHost('bravo', [samplePf(1, 1)]));
  world.inventory.put(sampleHost('alpha', [samplePf(1, 2)], { status: 'down' }));
  await world.rest();
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-2'));
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'done', host: { name: 'bravo' } });
});

it('a stop of a VM whose host does not answer stays open until the host is back', async () => {
  world.leave('id-alpha');
  replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-2'));
  await world.pass(300_000, 5000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'open', step: expect.stringContaining('powered off') });
  await world.arrive('id-alpha');
  await world.pass(15_000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'done' });
  await expectDown();
});

it('a stop with force overtakes one that waits for the guest', async () => {
  world.behave('id-alpha', 'stop', 'silent');
  replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-2'));
  await world.rest();
  replyOf(await world.ask(StopVm, { vm: 'web', force: true }, 'op-3'));
  await world.rest();
  expect(await world.operation('op-3')).toMatchObject({ state: 'done' });
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed', problems: [{ code: 'OPERATION_OVERTAKEN' }] });
  await expectDown();
});

it('a stop that the host fails at is told again, as another step', async () => {
  world.behave('id-alpha', 'stop', { code: 'DOMAIN_NOT_ENDED', cause: 'state D', remedy: 'Reboot.' });
  replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-2'));
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'open' });
  await world.pass(15_000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'done' });
  await expectDown();
});
