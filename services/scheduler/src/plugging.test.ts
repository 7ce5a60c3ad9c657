import { PlugVnic, RunVm, StopVm, UnplugVnic, UpgradeVnic } from '@vfleet/contracts/scheduler/runs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { codesOf, replyOf, type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

const BROKEN = { code: 'NOT_PLUGGED', cause: 'no free slot', remedy: 'Free one.' };
const KEPT = { code: 'GUEST_REFUSED_UNPLUG', cause: 'the guest did not let go', remedy: 'Try again.' };
const BRIDGES = { attached: { networkIds: ['red', 'blue'], labels: [] } };

let world: SchedulerUnderTest;

beforeEach(async () => {
  world = await schedulerUnderTest();
  await world.addHost(sampleHost('alpha', [samplePf(1, 2)], BRIDGES));
  const vnics = [sampleVnic('nic1', 'red'), sampleVnic('nic2', 'blue')];
  world.vms.put(sampleVm('web', vnics), ['id-nic1']);
  await world.pass(1000);
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
});
afterEach(async () => {
  expect(world.machines.violations).toEqual([]);
  await world.close();
});

const plug = (id = 'op-2', vnic = 'nic2') => world.ask(PlugVnic, { vm: 'web', vnic }, id);
const unplug = (id = 'op-3', vnic = 'nic1') => world.ask(UnplugVnic, { vm: 'web', vnic }, id);
const upgrade = (id = 'op-4', vnic = 'nic2') => world.ask(UpgradeVnic, { vm: 'web', vnic }, id);
const vfsInside = () =>
  [...(world.machines.on('id-alpha').get('id-web')?.vnics.values() ?? [])].map((each) => each.pciAddress);
const states = () => world.inventory.claims().map(({ state }) => state);

it('a vNIC is plugged with a VF of its host', async () => {
  expect(replyOf(await plug())).toMatchObject({ kind: 'plug', state: 'open' });
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'done' });
  expect(vfsInside()).toHaveLength(2);
  expect(states()).toEqual(['attached', 'attached']);
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1', 'id-nic2']);
  expect((await world.runtime('id-web'))?.vnics.map(({ vf }) => vf?.state)).toEqual(['attached', 'attached']);
  expect(replyOf(await plug('op-5'))).toMatchObject({ state: 'done' });
});

it('a plug that fails on the host is taken back whole', async () => {
  world.behave('id-alpha', 'attach', BROKEN);
  replyOf(await plug());
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed', problems: [{ code: 'PLUGGING_FAILED' }] });
  expect(states()).toEqual(['attached']);
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1']);
  expect(await world.runtime('id-web')).toMatchObject({ status: 'up', operation: null });
});

it('a plug whose host does not answer is taken back once it does', async () => {
  world.behave('id-alpha', 'attach', ...Array(20).fill('unanswered'));
  replyOf(await plug());
  await world.pass(200_000, 5000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed' });
  expect(vfsInside()).toHaveLength(1);
  expect(states()).toEqual(['attached']);
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1']);
});

it('a VF that went to others is chosen again', async () => {
  world.inventory.refuseClaims('VF_NOT_FREE', 2);
  replyOf(await plug());
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'done' });
});

it('a plug is refused when no VF of the host is free', async () => {
  world.vms.put(sampleVm('db', [sampleVnic('nic9', 'red')]));
  replyOf(await world.ask(RunVm, { vm: 'db' }));
  await world.rest();
  expect(codesOf(await plug())).toEqual(['CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF']);
});

it('a vNIC is unplugged: cleaned, released, and then it counts as unplugged', async () => {
  world.inventory.holdUp('id-alpha');
  replyOf(await unplug());
  await world.rest();
  expect(vfsInside()).toEqual([]);
  expect(await world.operation('op-3')).toMatchObject({ state: 'open' });
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1']);
  world.inventory.letGo('id-alpha');
  await world.rest();
  expect(await world.operation('op-3')).toMatchObject({ state: 'done' });
  expect(states()).toEqual([]);
  expect(world.vms.pluggedOf('id-web')).toEqual([]);
  expect(replyOf(await unplug('op-5'))).toMatchObject({ state: 'done' });
});

it('a guest that refuses keeps its vNIC, attached', async () => {
  world.behave('id-alpha', 'detach', KEPT);
  replyOf(await unplug());
  await world.rest();
  expect(await world.operation('op-3')).toMatchObject({
    state: 'failed',
    problems: [{ code: 'GUEST_REFUSED_UNPLUG' }],
  });
  expect(states()).toEqual(['attached']);
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1']);
  expect(vfsInside()).toHaveLength(1);
});

it('an unplug that no agent takes is refused with the host, and one that is not answered waits', async () => {
  world.leave('id-alpha');
  replyOf(await unplug());
  await world.rest();
  expect(await world.operation('op-3')).toMatchObject({ state: 'failed', problems: [{ code: 'HOST_UNREACHABLE' }] });
  await world.arrive('id-alpha');
  world.behave('id-alpha', 'detach', 'unanswered', 'unanswered');
  replyOf(await unplug('op-5'));
  await world.pass(300_000, 5000);
  expect(await world.operation('op-5')).toMatchObject({ state: 'done' });
});

it('a VM that dies while it is plugged ends that, too', async () => {
  world.behave('id-alpha', 'attach', 'silent');
  replyOf(await plug());
  await world.rest();
  await world.agentOf('id-alpha').kill('id-web');
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed', problems: [{ code: 'VM_DIED' }] });
  expect(states()).toEqual([]);
  expect(await world.runtime('id-web')).toMatchObject({ status: 'down' });
});

it('a VM that is down changes its flag alone', async () => {
  replyOf(await world.ask(StopVm, { vm: 'web', force: false }));
  await world.rest();
  expect(replyOf(await plug())).toMatchObject({ state: 'done' });
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1', 'id-nic2']);
  expect(await world.operation('op-2')).toMatchObject({ kind: 'plug', state: 'done' });
});

async function degraded() {
  world.vms.put(sampleVm('db', [sampleVnic('nic9', 'red')]));
  replyOf(await world.ask(RunVm, { vm: 'db' }, 'op-db'));
  await world.rest();
  const nic2 = sampleVnic('nic2', 'blue', { needs: 'vf-or-bridge', interface: 'virtio' });
  world.vms.change('id-web', nic2);
  replyOf(await plug());
  await world.rest();
  expect((await world.runtime('id-web'))?.vnics[1]).toMatchObject({ vf: null, degraded: true });
}

it('a preferred vNIC is degraded without a free VF, and upgraded on request when there is one', async () => {
  await degraded();
  expect(codesOf(await upgrade())).toEqual(['CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF']);
  expect(codesOf(await upgrade('op-6', 'nic1'))).toEqual(['VNIC_IS_NOT_DEGRADED']);
  replyOf(await world.ask(StopVm, { vm: 'db', force: false }));
  await world.rest();
  replyOf(await upgrade('op-7'));
  await world.rest();
  expect(await world.operation('op-7')).toMatchObject({ kind: 'upgrade', state: 'done' });
  expect((await world.runtime('id-web'))?.vnics[1]).toMatchObject({ vf: { state: 'attached' }, degraded: false });
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1', 'id-nic2']);
});

it.each([
  ['the guest does not let go of the bridge', 'detach', KEPT],
  ['the VF cannot be plugged', 'attach', BROKEN],
] as const)('an upgrade leaves the vNIC on its bridge when %s', async (_, step, failure) => {
  await degraded();
  replyOf(await world.ask(StopVm, { vm: 'db', force: false }));
  await world.rest();
  world.behave('id-alpha', step, failure);
  replyOf(await upgrade());
  await world.rest();
  expect(await world.operation('op-4')).toMatchObject({ state: 'failed' });
  expect((await world.runtime('id-web'))?.vnics[1]).toMatchObject({ vf: null, degraded: true });
  expect(vfsInside()).toEqual(['0000:01:10.0', null]);
  expect(states()).toEqual(['attached']);
  expect(world.vms.pluggedOf('id-web')).toEqual(['id-nic1', 'id-nic2']);
});
