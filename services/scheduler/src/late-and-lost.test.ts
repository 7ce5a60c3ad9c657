import { HostLost } from '@vfleet/contracts/inventory-claims';
import { JudgeClaims, RunVm, StopVm } from '@vfleet/contracts/scheduler/runs';
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
afterEach(() => world.close());

const claims = () =>
  world.inventory
    .claims()
    .map(({ claimId, pciAddress, fence, placementId }) => ({ claimId, pciAddress, fence, placementId }));

it('claims that no placement names are orphans', async () => {
  const known = claims().map((claim) => ({ ...claim, vmId: 'id-web' }));
  const made = { claimId: 'made-up', pciAddress: '0000:01:10.1', fence: 9, placementId: 'p-old', vmId: 'id-web' };
  const unknown = { ...made, claimId: 'of-nobody', vmId: 'id-none' };
  const judged = await world.ask(JudgeClaims, { hostId: 'id-alpha', claims: [...known, made, unknown] });
  expect(replyOf(judged).orphans).toEqual(['made-up', 'of-nobody']);
});

it('a domain that was given up and comes up late is stopped', async () => {
  replyOf(await world.ask(StopVm, { vm: 'web', force: true }));
  await world.rest();
  const domain = { vmId: 'id-web', placementId: 'p-old', attempt: 1, vnics: new Map() };
  world.machines.on('id-alpha').set('id-web', domain);
  await world.agentOf('id-alpha').report();
  await world.rest();
  expect(world.machines.hostOf('id-web')).toBeUndefined();
  expect(world.notes.at(-1)).toMatchObject({ action: 'stopLateVm' });
});

it('a domain of an attempt that is not known here is left alone', async () => {
  replyOf(await world.ask(StopVm, { vm: 'web', force: true }));
  await world.rest();
  world.machines.on('id-alpha').set('id-web', { vmId: 'id-web', placementId: 'p9', attempt: 9, vnics: new Map() });
  await world.agentOf('id-alpha').report();
  await world.rest();
  expect(world.machines.hostOf('id-web')).toBe('id-alpha');
});

it('a host that was lost and came back keeps what was started there since, however late its loss is told', async () => {
  await world.publish(HostLost, { hostId: 'id-alpha', fenceFloor: 0 });
  await world.rest();
  expect(await world.runtime('id-web')).toMatchObject({ status: 'up' });
});

it('a VM that ends before it is known to run is found to be gone', async () => {
  replyOf(await world.ask(StopVm, { vm: 'web', force: true }));
  await world.rest();
  world.behave('id-alpha', 'start', 'silent');
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-2'));
  await world.rest();
  await world.agentOf('id-alpha').report();
  world.told.length = 0;
  await world.pass(10_000);
  expect(world.reports('id-alpha')).toBeGreaterThan(1);
});

it('a report that was lost is asked for again, in time', async () => {
  world.machines.on('id-alpha').delete('id-web');
  await world.pass(30_000, 5000);
  expect(await world.runtime('id-web')).toMatchObject({ status: 'down' });
  expect(world.inventory.claims()).toEqual([]);
});

it('the placement of a VM that was removed is forgotten', async () => {
  replyOf(await world.ask(StopVm, { vm: 'web', force: true }));
  await world.rest();
  world.vms.remove('id-web');
  await world.pass(30_000, 5000);
  expect(await world.placement('id-web')).toBeUndefined();
});
