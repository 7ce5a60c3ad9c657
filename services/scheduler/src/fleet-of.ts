import type { Bus } from '@vfleet/bus/bus';
import { GetHost } from '@vfleet/contracts/inventory';
import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { assignVfs, type HostFit } from './core/assign-vfs.ts';
import type { FleetRejections } from './core/explain-fleet.ts';
import type { FleetIndex } from './core/fleet-index.ts';
import type { HostCapacity } from './core/host-capacity.ts';
import { pciRankOf } from './core/pci-rank.ts';
import { pickedVnics } from './core/picked-vnics.ts';
import { rankHosts } from './core/rank-hosts.ts';
import { refuseAllHosts, refusePlug, unknownHost } from './core/refuse-placing.ts';
import { demandOf, type VfDemand } from './core/vf-demand.ts';
import type { Explain } from './explain-in-turn.ts';
import type { Fleet, Limits, Pick as Picked } from './fleet.ts';
import type { FollowedHosts } from './follow-hosts.ts';

/** A pick of which nothing was heard for so long, in milliseconds, keeps nobody from its VFs; inventory judges anyway. */
const PICK_LASTS_MS = 30_000;

/** Inventory may take so long to tell what a name means, in milliseconds. */
const PATIENCE_MS = 2000;

type Fit = { host: HostCapacity; fit: HostFit };

/** The fleet as the placements need it: the index asked, and read anew before it is said that no host fits. */
export function fleetOf({
  hosts,
  explain,
  bus,
  clock,
  newId,
}: {
  hosts: Pick<FollowedHosts, 'index' | 'picks' | 'refresh'>;
  explain: Explain;
  bus: Pick<Bus, 'ask'>;
  clock: Clock;
  newId: () => string;
}): Fleet {
  function picked(vm: ResolvedVm, { host: { id, name }, fit }: Fit): Picked {
    const ranks = fit.assignments.flatMap(({ vf }) => (vf ? [pciRankOf(vf.pciAddress)] : []));
    const open = hosts.picks.open({ hostId: id, ranks, at: clock.now() });
    return { ok: true, host: { id, name }, vnics: pickedVnics(vm, fit.assignments), ...open };
  }

  /** What is known may be behind: the hosts that lack the least are read anew, once, before anything is refused. */
  async function readClosest(rejections: FleetRejections, { only }: Limits): Promise<void> {
    await hosts.refresh(only === undefined ? rejections.closest : [only]);
  }

  return {
    async pick(vm, limits) {
      const demand = demandOf(vm);
      const choose = () => {
        hosts.picks.expire(clock.now() - PICK_LASTS_MS);
        const index = hosts.index();
        return { fit: bestFit(index, demand, limits), looked: lookedAt(index, limits) };
      };
      const first = choose();
      if (first.fit) return picked(vm, first.fit);
      const rejections = await explain(first.looked, demand, limits.excluded);
      await readClosest(rejections, limits);
      const second = choose();
      if (second.fit) return picked(vm, second.fit);
      const known = new Set(first.looked);
      const isSame = second.looked.length === known.size && second.looked.every((host) => known.has(host));
      return refused(vm, limits, isSame ? rejections : await explain(second.looked, demand, limits.excluded));
    },
    refresh: (hostId) => hosts.refresh([hostId]),
    async find(ref) {
      const id = newId();
      const actor = { kind: 'service' as const, name: 'scheduler' };
      const context = { id, correlationId: id, actor, sentAt: isoNow(clock) };
      const verdict = await bus.ask(GetHost, { host: ref }, context, { timeoutMs: PATIENCE_MS });
      return verdict.ok ? { id: verdict.reply.resource.id, name: verdict.reply.resource.name } : undefined;
    },
  };
}

function bestFit(index: FleetIndex, demand: VfDemand, { excluded, only }: Limits): Fit | undefined {
  if (only === undefined) {
    const [best] = rankHosts(index, demand, { limit: 1, excluded });
    const fit = best && assignVfs(best.host, demand);
    if (best && !fit) throw new Error(`host ${best.host.name} was ranked and has no assignment`);
    return best && fit && { host: best.host, fit };
  }
  const host = index.host(only);
  if (host?.status !== 'up' || host.clusterId !== demand.clusterId || excluded.has(only)) return undefined;
  const fit = assignVfs(host, demand);
  return fit && { host, fit };
}

function lookedAt(index: FleetIndex, { only }: Limits): HostCapacity[] {
  if (only === undefined) return [...index.hosts()];
  const host = index.host(only);
  return host ? [host] : [];
}

function refused(vm: ResolvedVm, { only, purpose }: Limits, rejections: FleetRejections): Picked {
  const isUnknown = only !== undefined && rejections.rejected === 0;
  const told = isUnknown ? { ...rejections, rejected: 1, hosts: [unknownHost(only)] } : rejections;
  const [host] = told.hosts;
  return { ok: false, refusals: purpose === 'plug' && host ? refusePlug(host) : refuseAllHosts(vm, told) };
}
