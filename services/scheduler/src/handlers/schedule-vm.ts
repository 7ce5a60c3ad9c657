import type { Answer, Bus } from '@vfleet/bus/bus';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { ScheduleVm } from '@vfleet/contracts/scheduler/runs';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { assignVfs } from '../core/assign-vfs.ts';
import { rankHosts } from '../core/rank-hosts.ts';
import { scheduleView } from '../core/schedule-view.ts';
import { demandOf } from '../core/vf-demand.ts';
import type { Explain } from '../explain-in-turn.ts';
import type { FollowedHosts } from '../follow-hosts.ts';

/** Policy may take so long, in milliseconds. */
const PATIENCE_MS = 2000;

/** Of all hosts as they are known at one moment; VFs that this process has just picked count as claimed. */
export const scheduleVm =
  ({
    hosts,
    explain,
    pause,
    bus,
    clock,
    newId,
  }: {
    hosts: Pick<FollowedHosts, 'index'>;
    explain: Explain;
    pause: () => Promise<void>;
    bus: Pick<Bus, 'ask'>;
    clock: Clock;
    newId: () => string;
  }): Answer<typeof ScheduleVm> =>
  async ({ payload: { vm: ref, limit }, correlationId, actor, traceparent }) => {
    const context = { id: newId(), correlationId, actor, traceparent, sentAt: isoNow(clock) };
    const resolved = await bus.ask(ResolveVnics, { vm: ref }, context, { timeoutMs: PATIENCE_MS });
    if (!resolved.ok) return resolved;
    const index = hosts.index();
    const demand = demandOf(resolved.reply);
    const looked = [...index.hosts()];
    const best = [];
    for (const { host } of rankHosts(index, demand, { limit })) {
      await pause();
      best.push({ host, assignments: assignVfs(host, demand)?.assignments ?? [] });
    }
    const rejections = await explain(looked, demand);
    return { ok: true, reply: scheduleView(resolved.reply, { looked: looked.length, best, rejections }) };
  };
