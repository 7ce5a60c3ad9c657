import { answers } from '@vfleet/bus/bus';
import { type ResolvedVm, ResolveVnics } from '@vfleet/contracts/policy/runs';
import { refusal } from '@vfleet/contracts/refusals';
import { ScheduleVm } from '@vfleet/contracts/scheduler/runs';
import { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import { afterEach, expect, it } from 'vitest';
import type { HostFacts } from '../core/host-facts.ts';
import { fleetUnderTest } from '../testing/fleet-under-test.ts';
import { sampleHost, samplePf } from '../testing/sample-host.ts';
import { sampleVm, sampleVnic } from '../testing/sample-vm.ts';
import { scheduleVm } from './schedule-vm.ts';

const VM = sampleVm('web', [
  sampleVnic('nic1', 'red'),
  sampleVnic('nic2', 'red'),
  sampleVnic('nic3', 'blue', { needs: 'bridge' }),
]);
const BLUE = { attached: { networkIds: ['blue'], labels: [] } };

let close: () => Promise<void>;

afterEach(() => close());

async function world(vm: ResolvedVm, facts: readonly HostFacts[]) {
  const fleet = await fleetUnderTest();
  close = fleet.close;
  await fleet.deps.bus.serve('policy', [
    answers(ResolveVnics, async ({ payload }) =>
      payload.vm === vm.name
        ? { ok: true, reply: vm }
        : { ok: false, refusals: [refusal('VM_NOT_EXIST', `There is no ${payload.vm}.`)] },
    ),
  ]);
  for (const host of facts) fleet.inventory.putUnheard(host);
  await fleet.clock.advance(120_000);
  let pauses = 0;
  const handle = scheduleVm({ ...fleet, ...fleet.deps, pause: async () => void pauses++ });
  const message = { id: 'm', correlationId: 'm', actor: { kind: 'user' as const, name: 'admin' }, sentAt: '' };
  const ask = (ref: string, limit = 10) =>
    handle({ ...message, name: ScheduleVm.name, payload: { vm: ref, limit }, redelivered: false });
  return { ...fleet, ask, pauses: () => pauses };
}

async function scheduleOf(verdict: Awaited<ReturnType<Awaited<ReturnType<typeof world>>['ask']>>): Promise<Schedule> {
  if (!verdict.ok) throw new Error(JSON.stringify(verdict));
  expect(verdict.reply).toEqual(Schedule.parse(verdict.reply));
  return verdict.reply;
}

it('tells of all hosts as they are at one moment, and lets others have their turn meanwhile', async () => {
  const facts = Array.from({ length: 200 }, (_, n) => sampleHost(`h${n}`, [samplePf(1, n % 4)], BLUE));
  const { ask, pauses, inventory, idle } = await world(VM, facts);
  const asked = ask('web', 5);
  for (const host of facts) inventory.put({ ...host, status: 'down' });
  await idle();
  const schedule = await scheduleOf(await asked);
  expect([schedule.fitting, schedule.rejected, schedule.hosts.length]).toEqual([100, 100, 5]);
  expect(schedule.reasons.map(({ code }) => code)).not.toContain('HOST_NOT_UP');
  expect(pauses()).toBe(5);
});

it('a VM that is not there is refused', async () => {
  const { ask } = await world(VM, []);
  expect(await ask('nobody')).toMatchObject({ ok: false, refusals: [{ code: 'VM_NOT_EXIST' }] });
});
