import { RunVm, StopVm } from '@vfleet/contracts/scheduler/runs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { codesOf, replyOf, type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

const BROKEN = { code: 'DOMAIN_NOT_STARTED', cause: 'no such machine type', remedy: 'Choose another.' };

let world: SchedulerUnderTest;

beforeEach(async () => {
  world = await schedulerUnderTest();
  await world.addHost(sampleHost('alpha', [samplePf(1, 2)]));
  await world.addHost(sampleHost('bravo', [samplePf(1, 4)]));
  world.vms.put(sampleVm('web', [sampleVnic('nic1', 'red')]));
  await world.pass(1000);
});
afterEach(async () => {
  expect(world.machines.violations).toEqual([]);
  await world.close();
});

/** Packing, alpha has fewer free VFs and is the first choice. */
const start = (id = 'op-1') => world.ask(RunVm, { vm: 'web' }, id);
const stop = (id = 'op-9', force = false) => world.ask(StopVm, { vm: 'web', force }, id);
const claimsOn = (host: string) =>
  [...(world.inventory.ledgers.get(host)?.claims.values() ?? [])].map(({ state }) => state);

it('a host that fails is cleaned and left out, and the next one tried', async () => {
  world.behave('id-alpha', 'start', BROKEN);
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({
    state: 'done',
    host: { name: 'bravo' },
    notes: [expect.stringContaining('no such machine type')],
  });
  expect(world.machines.hostOf('id-web')).toBe('id-bravo');
  expect([claimsOn('id-alpha'), claimsOn('id-bravo')]).toEqual([[], ['attached']]);
  expect((await world.placement('id-web'))?.leaving).toEqual([]);
});

it('when every host fails, every reason is told and nothing is left', async () => {
  world.behave('id-alpha', 'start', BROKEN);
  world.behave('id-bravo', 'start', BROKEN);
  replyOf(await start());
  await world.rest();
  const { state, problems } = await world.operation('op-1');
  expect(state).toBe('failed');
  expect(problems.filter(({ code }) => code === 'HOST_FAILED_TO_START_VM')).toHaveLength(2);
  expect(problems.map(({ code }) => code)).toContain('SCHEDULING_ALL_HOSTS_FILTERED_OUT');
  expect(world.inventory.claims()).toEqual([]);
  expect(await world.runtime('id-web')).toMatchObject({ status: 'down', operation: null });
  expect(world.vms.placementOf('id-web')).toBeNull();
  replyOf(await start('op-2'));
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'done', host: { name: 'alpha' } });
});

it('a host whose agent is not there is passed over at once, and told to stop when it is back', async () => {
  world.leave('id-alpha');
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'done', host: { name: 'bravo' } });
  expect((await world.placement('id-web'))?.leaving).toMatchObject([{ host: { name: 'alpha' }, isGone: true }]);
  await world.arrive('id-alpha');
  await world.pass(120_000);
  expect((await world.placement('id-web'))?.leaving).toEqual([]);
  expect(world.told.filter((each) => each.startsWith('id-alpha'))).toEqual(['id-alpha stop']);
  expect(world.machines.hostOf('id-web')).toBe('id-bravo');
});

it('a host that is silent is asked again, then given up only when it proves that nothing runs there', async () => {
  world.behave('id-alpha', 'start', 'silent', 'silent', 'silent', 'silent', ...Array(20).fill('silent'));
  world.behave('id-alpha', 'stop', 'silent', 'silent');
  replyOf(await start());
  await world.pass(89_000);
  expect(world.told).toEqual(['id-alpha start']);
  await world.pass(5_000);
  expect(world.told).toEqual(['id-alpha start', 'id-alpha start']);
  await world.pass(30_000);
  expect(world.told).toHaveLength(5);
  await world.pass(60_000);
  expect(await world.operation('op-1')).toMatchObject({ state: 'open', step: expect.stringContaining('alpha') });
  expect(world.machines.hostOf('id-web')).toBeUndefined();
  await world.pass(120_000, 5000);
  expect(await world.operation('op-1')).toMatchObject({ state: 'done', host: { name: 'bravo' } });
  expect(claimsOn('id-alpha')).toEqual([]);
});

it('an agent that answers late, after its host was given up, does not bring the VM up twice', async () => {
  world.behave('id-alpha', 'start', 'unanswered', ...Array(20).fill('unanswered'));
  replyOf(await start());
  await world.pass(200_000);
  expect(await world.operation('op-1')).toMatchObject({ state: 'done', host: { name: 'bravo' } });
  expect(world.machines.hostOf('id-web')).toBe('id-bravo');
  expect(claimsOn('id-alpha')).toEqual([]);
});

it('a host that is gone for good is waited for until that is confirmed, then the next one is tried', async () => {
  world.behave('id-alpha', 'start', 'unanswered');
  replyOf(await start());
  await world.rest();
  world.leave('id-alpha');
  await world.pass(600_000, 5_000);
  const { state, step } = await world.operation('op-1');
  expect(state).toBe('open');
  expect(step).toContain('alpha');
  world.machines.powerOff('id-alpha');
  await world.inventory.confirmLost('id-alpha');
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'done', host: { name: 'bravo' } });
  expect(world.inventory.claims()).toHaveLength(1);
});

it('VFs that went to others are chosen again, on a host that still fits', async () => {
  world.inventory.refuseClaims('VF_NOT_FREE', 3);
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'done', host: { name: 'alpha' } });
  expect(world.inventory.claims()).toHaveLength(1);
});

it('claims that are refused for ever end the start', async () => {
  world.inventory.refuseClaims('NETWORK_NOT_ALLOWED_ON_PF', 1000);
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'failed' });
  expect(world.inventory.claims()).toEqual([]);
});

it('a VM that was changed before it was locked is placed as it is then', async () => {
  world.vms.changeBeforeRun((vm) => ({ ...vm, vnics: [...vm.vnics, sampleVnic('nic2', 'blue')] }));
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'done' });
});

it('a VM that is removed before it is locked leaves nothing', async () => {
  world.vms.changeBeforeRun(() => undefined);
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'failed', problems: [{ code: 'VM_NOT_EXIST' }] });
  expect(world.inventory.claims()).toEqual([]);
});

it('a stop overtakes a start under way', async () => {
  world.behave('id-alpha', 'start', 'unanswered');
  replyOf(await start());
  await world.rest();
  expect(codesOf(await start('op-2'))).toEqual(['VM_IS_BUSY']);
  replyOf(await stop());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'failed', problems: [{ code: 'OPERATION_OVERTAKEN' }] });
  expect(await world.operation('op-9')).toMatchObject({ state: 'done' });
  expect(world.machines.hostOf('id-web')).toBeUndefined();
  expect(world.inventory.claims()).toEqual([]);
  expect(world.vms.placementOf('id-web')).toBeNull();
});

it('a former run that still locks the VM is ended', async () => {
  world.vms.lock('id-web', 'placement-of-old');
  replyOf(await start());
  await world.rest();
  expect(await world.operation('op-1')).toMatchObject({ state: 'done' });
});

it('a VF that cannot be cleaned does not keep its VM from ending', async () => {
  world.inventory.dirty.add('0000:01:10.0');
  world.inventory.dirty.add('0000:01:10.1');
  replyOf(await start());
  await world.rest();
  replyOf(await stop());
  await world.rest();
  expect(await world.operation('op-9')).toMatchObject({ state: 'done' });
  expect(world.inventory.claims()).toMatchObject([{ state: 'dirty' }]);
});

it('a run ends after its last claim is gone', async () => {
  replyOf(await start());
  await world.rest();
  world.inventory.holdUp('id-alpha');
  replyOf(await stop());
  await world.rest();
  expect(await world.operation('op-9')).toMatchObject({ state: 'open' });
  expect(world.vms.placementOf('id-web')).not.toBeNull();
  expect(codesOf(await start('op-2'))).toEqual(['VM_IS_BUSY']);
  world.inventory.letGo('id-alpha');
  await world.rest();
  expect(await world.operation('op-9')).toMatchObject({ state: 'done' });
  expect(world.vms.placementOf('id-web')).toBeNull();
});
