import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { simulatedNetwork } from './adapters/simulated/migration.ts';
import type { Death } from './testing/killable.ts';
import { claimOf, onBridge, onVf, type VmsUnderTest, vmsUnderTest } from './testing/vms-under-test.ts';

const done = { outcome: { result: 'done' } };

/** Two hosts that reach one another; vm1 runs on the first with a VF and a bridge, and the VF is unplugged. */
async function twoHosts() {
  const clock = virtualClock();
  const network = simulatedNetwork();
  const source = vmsUnderTest({ clock, network, hostId: 'alpha' });
  const destination = vmsUnderTest({ clock, network, hostId: 'bravo' });
  for (const agent of [source, destination]) {
    await agent.start();
    await agent.floor(0);
  }
  await source.startVm([onVf(0, 1), onBridge('b1')]);
  await source.outcomeOf('start vm1 1');
  await source.detach(['vnic-0']);
  await source.outcomeOf('detach');
  return { source, destination };
}

const where = (...agents: VmsUnderTest[]) => agents.map((agent) => agent.domains().map(({ attempt }) => attempt));

it('moves a VM, which the destination takes over with its first message', async () => {
  const { source, destination } = await twoHosts();
  await source.migrate('bravo');
  expect(await source.outcomeOf('migrate')).toMatchObject({ ...done, domain: 'gone', attached: [] });
  expect(where(source, destination)).toEqual([[], [1]]);
  expect(await source.state.vm('vm1')).toMatchObject({ state: 'over' });

  await destination.attach([onVf(1, 5)], { attempt: 2 });
  const { attached, ...ended } = await destination.outcomeOf('attach');
  expect(ended).toMatchObject({ ...done, domain: 'running' });
  expect(attached.map(({ vnicId }) => vnicId).toSorted()).toEqual(['b1', 'vnic-1']);
  expect(where(destination)).toEqual([[2]]);
  await destination.startVm([onVf(2, 6)]);
  expect(await destination.outcomeOf('start vm1 1')).toMatchObject({ outcome: { failure: { code: 'OUTDATED' } } });

  await source.migrate('bravo');
  expect(await source.outcomeOf('migrate', 2)).toMatchObject({ ...done, domain: 'gone' });
  await source.attach([onVf(0, 7)], { step: 'late' });
  expect(await source.outcomeOf('late')).toMatchObject({ outcome: { failure: { code: 'ATTEMPT_OVER' } } });
  await source.clean(claimOf(0, 1));
  expect(await source.cleanOutcome(claimOf(0, 1))).toEqual({ result: 'clean' });
});

it('is taken over with nothing to plug, too', async () => {
  const { source, destination } = await twoHosts();
  await source.migrate('bravo');
  await source.outcomeOf('migrate');
  await destination.attach([], { attempt: 2 });
  expect(await destination.outcomeOf('attach')).toMatchObject({ ...done, attached: [{ vnicId: 'b1' }] });
  await destination.until(() => destination.reportsOfDomains().at(-1)?.domains[0]?.attempt === 2);
});

it('is taken over also when nothing can be plugged there: what runs on is the VM of this attempt', async () => {
  const { source, destination } = await twoHosts();
  await source.migrate('bravo');
  await source.outcomeOf('migrate');
  await destination.floor(5);
  await destination.attach([onVf(1, 5)], { attempt: 2 });
  expect(await destination.outcomeOf('attach')).toMatchObject({ outcome: { result: 'failed' }, domain: 'running' });
  expect(where(destination)).toEqual([[2]]);
});

it.each([
  { fault: { kind: 'migrate-fails', message: 'no route to host' } as const, code: 'NOT_MIGRATED' },
  { fault: { kind: 'migrate-hangs' } as const, code: 'NOT_MIGRATED' },
])('that fails by $fault.kind leaves the VM running, and it can be plugged again (F62)', async ({ fault, code }) => {
  const { source, destination } = await twoHosts();
  const end = source.machine.inject(fault);
  await source.migrate('bravo');
  expect(await source.outcomeOf('migrate')).toMatchObject({ outcome: { failure: { code } }, domain: 'running' });
  await source.attach([onVf(0, 2)], { step: 'back' });
  expect(await source.outcomeOf('back')).toMatchObject(done);
  end();
  await source.clock.advance(10_000);
  expect(where(source, destination)).toEqual([[1], []]);
});

it('calls off what an agent began that died, before it tells that the VM stays', async () => {
  const { source, destination } = await twoHosts();
  source.machine.inject({ kind: 'guest-slow', vmId: 'vm1', ms: 60_000 });
  await source.migrate('bravo');
  await source.clock.advance(1_000);
  source.kill();
  await source.start();
  expect(await source.outcomeOf('migrate')).toMatchObject({ outcome: { failure: { code: 'INTERRUPTED' } } });
  await source.clock.advance(200_000);
  expect(where(source, destination)).toEqual([[1], []]);
});

it('is not kept from a stop by a move that cannot be called off', async () => {
  const { source, destination } = await twoHosts();
  source.machine.inject({ kind: 'migrate-hangs', vmId: 'vm1' });
  await source.migrate('bravo');
  await source.clock.advance(1_000);
  source.kill();
  await source.start();
  await source.stopVm({ force: true });
  expect(await source.outcomeOf('stop vm1 1')).toMatchObject({ ...done, domain: 'gone' });
  expect(where(source, destination)).toEqual([[], []]);
});

describe('an agent killed at any call of a migration', () => {
  const life = async (source: VmsUnderTest) => {
    await source.migrate('bravo');
    await source.clock.advance(10_000);
  };
  const calls = async () => {
    const { source } = await twoHosts();
    source.kill();
    const process = await source.start();
    await life(source);
    return process.calls();
  };
  const died = async (death: Death) => {
    const { source, destination } = await twoHosts();
    source.kill();
    await source.start(death);
    await life(source);
    source.kill();
    await source.start();
    await source.floor(0);
    return { source, destination };
  };

  it('tells where the VM is, and never has it on both', async () => {
    const last = await calls();
    for (let atCall = 1; atCall <= last; atCall++) {
      for (const when of ['before', 'after'] as const) {
        const { source, destination } = await died({ atCall, when });
        await source.migrate('bravo');
        const times = source.outcomes().filter(({ step }) => step === 'migrate').length;
        const { outcome, domain } = await source.outcomeOf('migrate', Math.max(1, times));
        await source.clock.advance(10_000);
        const places = where(source, destination).flat();
        expect(places, `${when} call ${atCall}`).toEqual([1]);
        expect(source.domains().length === 0, `${when} call ${atCall}`).toBe(domain === 'gone');
        if (outcome.result === 'done') expect(domain).toBe('gone');
      }
    }
  });
});
