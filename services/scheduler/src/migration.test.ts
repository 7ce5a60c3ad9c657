import { MigrateVm, RunVm, StopVm } from '@vfleet/contracts/scheduler/runs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sampleHost, samplePf } from './testing/sample-host.ts';
import { sampleVm, sampleVnic } from './testing/sample-vm.ts';
import { codesOf, replyOf, type SchedulerUnderTest, schedulerUnderTest } from './testing/scheduler-under-test.ts';

const BROKEN = { code: 'NOT_MIGRATED', cause: 'no such machine type', remedy: 'Choose another.' };
const KEPT = { code: 'GUEST_REFUSED_UNPLUG', cause: 'the guest did not let go', remedy: 'Try again.' };

let world: SchedulerUnderTest;

beforeEach(async () => {
  world = await schedulerUnderTest();
  await world.addHost(sampleHost('alpha', [samplePf(1, 2)]));
  world.vms.put(
    sampleVm('web', [
      sampleVnic('nic1', 'red'),
      sampleVnic('nic2', 'red', { needs: 'nothing', network: null, profile: null }),
    ]),
  );
  await world.pass(1000);
  replyOf(await world.ask(RunVm, { vm: 'web' }, 'op-1'));
  await world.rest();
  await world.addHost(sampleHost('bravo', [samplePf(1, 2)]));
  await world.rest();
});
afterEach(async () => {
  expect(world.machines.violations).toEqual([]);
  await world.close();
});

const migrate = (id = 'op-2', host?: string) => world.ask(MigrateVm, { vm: 'web', ...(host ? { host } : {}) }, id);
const claimsOn = (host: string) =>
  [...(world.inventory.ledgers.get(host)?.claims.values() ?? [])].map(({ state }) => state);
const vfsInside = (host: string) =>
  [...(world.machines.on(host).get('id-web')?.vnics.values() ?? [])].flatMap((each) => each.pciAddress ?? []);
const runsOn = async () => (await world.runtime('id-web'))?.host?.name;

async function expectOnAlpha() {
  expect(await runsOn()).toBe('alpha');
  expect(world.machines.hostOf('id-web')).toBe('id-alpha');
  expect([claimsOn('id-alpha'), claimsOn('id-bravo')]).toEqual([['attached'], []]);
  expect(vfsInside('id-alpha')).toHaveLength(1);
  expect(await world.runtime('id-web')).toMatchObject({ status: 'up', operation: null });
}

it('a VM moves with its vNICs, keeping the guest address', async () => {
  const before = (await world.runtime('id-web'))?.vnics.map(({ guestPciAddress }) => guestPciAddress);
  expect(replyOf(await migrate())).toMatchObject({ kind: 'migrate', state: 'open' });
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'done', host: { name: 'bravo' }, problems: [] });
  expect(await runsOn()).toBe('bravo');
  expect([claimsOn('id-alpha'), claimsOn('id-bravo')]).toEqual([[], ['attached']]);
  expect(vfsInside('id-bravo')).toHaveLength(1);
  expect((await world.runtime('id-web'))?.vnics.map(({ guestPciAddress }) => guestPciAddress)).toEqual(before);
  await world.agentOf('id-alpha').report();
  await world.agentOf('id-bravo').report();
  await world.pass(70_000, 5000);
  expect(await runsOn()).toBe('bravo');
  expect((await world.placement('id-web'))?.leaving).toEqual([]);
});

it('a VM can move there and back, and is stopped where it is', async () => {
  for (const [id, host] of [
    ['op-2', 'bravo'],
    ['op-3', 'alpha'],
    ['op-4', 'bravo'],
  ] as const) {
    replyOf(await migrate(id, host));
    await world.rest();
    expect(await world.operation(id)).toMatchObject({ state: 'done', host: { name: host } });
  }
  replyOf(await world.ask(StopVm, { vm: 'web', force: false }, 'op-5'));
  await world.rest();
  expect(await world.operation('op-5')).toMatchObject({ state: 'done' });
  expect(world.inventory.claims()).toEqual([]);
});

it('is refused where it runs, without another host, and with vNICs that may not move', async () => {
  expect(codesOf(await migrate('op-2', 'alpha'))).toContain('SCHEDULING_ALL_HOSTS_FILTERED_OUT');
  expect(codesOf(await migrate('op-2', 'nowhere'))).toEqual(['HOST_NOT_EXIST']);
  const nic1 = sampleVnic('nic1', 'red');
  world.vms.change('id-web', { ...nic1, profile: nic1.profile && { ...nic1.profile, migratable: false } });
  expect(codesOf(await migrate())).toEqual(['VNICS_NOT_MIGRATABLE']);
  await expectOnAlpha();
});

it.each([
  ['the guest does not let go', 'detach', KEPT],
  ['the domain does not move', 'migrate', BROKEN],
] as const)('when %s, VFs are plugged back at the source and the destination given up', async (_, step, failure) => {
  world.behave('id-alpha', step, failure);
  replyOf(await migrate());
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({
    state: 'failed',
    host: { name: 'alpha' },
    problems: [{ code: 'MIGRATION_FAILED', detail: expect.stringContaining(failure.cause) }],
  });
  await expectOnAlpha();
});

it('claims that are refused at the destination are chosen again, nothing being unplugged before', async () => {
  world.inventory.refuseClaims('VF_NOT_FREE', 2);
  replyOf(await migrate());
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'done', host: { name: 'bravo' } });
  expect(world.told.filter((each) => each.endsWith('detach'))).toHaveLength(1);
});

it('a VM whose VFs cannot be plugged at the destination runs on there without, and says so', async () => {
  world.behave('id-bravo', 'attach', { code: 'NOT_PLUGGED', cause: 'no free slot', remedy: 'Free one.' });
  replyOf(await migrate());
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed', problems: [{ code: 'MIGRATION_FAILED' }] });
  expect(await runsOn()).toBe('bravo');
  expect((await world.runtime('id-web'))?.vnics[0]).toMatchObject({ vf: null });
  expect(world.inventory.claims()).toEqual([]);
});

it('a stop in the middle of a move ends the VM on both hosts, the source first', async () => {
  world.behave('id-alpha', 'migrate', 'unanswered');
  replyOf(await migrate());
  await world.rest();
  world.told.length = 0;
  replyOf(await world.ask(StopVm, { vm: 'web', force: true }, 'op-3'));
  await world.rest();
  expect(world.told).toEqual(['id-alpha stop', 'id-bravo stop']);
  expect(await world.operation('op-3')).toMatchObject({ state: 'done' });
  expect(world.machines.hostOf('id-web')).toBeUndefined();
  expect(world.inventory.claims()).toEqual([]);
});

it('an answer that is lost on the way is asked for again', async () => {
  world.behave('id-alpha', 'migrate', 'unanswered');
  replyOf(await migrate());
  await world.pass(120_000, 5000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'done' });
  expect(await runsOn()).toBe('bravo');
});

it.each([
  ['had come through', 'unanswered', 'bravo'],
  ['had not', 'silent', undefined],
] as const)(
  'when the source is lost in the middle of a move, the destination tells whether the VM %s',
  async (_, how, host) => {
    world.behave('id-alpha', 'migrate', how);
    replyOf(await migrate());
    await world.rest();
    world.leave('id-alpha');
    world.machines.powerOff('id-alpha');
    await world.inventory.confirmLost('id-alpha');
    await world.pass(60_000, 5000);
    expect(await runsOn()).toBe(host);
    expect(world.machines.hostOf('id-web')).toBe(host && 'id-bravo');
    expect(await world.operation('op-2')).toMatchObject({ state: host ? 'done' : 'failed' });
    expect(claimsOn('id-alpha')).toEqual([]);
    expect(claimsOn('id-bravo')).toEqual(host ? ['attached'] : []);
  },
);

it('when the destination is lost before the VM left, it stays where it is', async () => {
  world.behave('id-alpha', 'detach', 'unanswered');
  replyOf(await migrate());
  await world.rest();
  world.leave('id-bravo');
  world.machines.powerOff('id-bravo');
  await world.inventory.confirmLost('id-bravo');
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed' });
  await expectOnAlpha();
});

it('a VM that dies while its vNICs are unplugged ends', async () => {
  world.behave('id-alpha', 'detach', 'silent');
  replyOf(await migrate());
  await world.rest();
  await world.agentOf('id-alpha').kill('id-web');
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed', problems: [{ code: 'VM_DIED' }] });
  expect(world.inventory.claims()).toEqual([]);
  expect(await world.runtime('id-web')).toMatchObject({ status: 'down' });
});

it('when the destination is lost in the middle of a move, the source tells where the VM is', async () => {
  world.behave('id-alpha', 'migrate', 'silent');
  replyOf(await migrate());
  await world.rest();
  world.leave('id-bravo');
  world.machines.powerOff('id-bravo');
  await world.inventory.confirmLost('id-bravo');
  await world.rest();
  expect(await world.operation('op-2')).toMatchObject({ state: 'open' });
  world.behave('id-alpha', 'migrate', BROKEN);
  await world.pass(120_000, 10_000);
  expect(await world.operation('op-2')).toMatchObject({ state: 'failed', problems: [{ code: 'MIGRATION_FAILED' }] });
  await expectOnAlpha();
});
