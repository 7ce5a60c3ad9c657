import { assignVfs, MOST_PFS } from './assign-vfs.ts';
import { assignWideHost } from './assign-wide-host.ts';
import { bestScore } from './best-score.ts';
import { compareNames, type FleetIndex, type HostGroup } from './fleet-index.ts';
import { boundOfGroup, boundOfTotal, type GroupView, groupViews, totalsInOrder } from './group-bound.ts';
import type { HostCapacity } from './host-capacity.ts';
import { placeIn } from './place-in.ts';
import { compareScores, type Score } from './placing.ts';
import { placingOnShape } from './placing-on-host.ts';
import { shapeViewOf } from './shape-view.ts';
import { givingPfs } from './slot-ranks.ts';
import type { VfDemand } from './vf-demand.ts';

export type RankedHost = { host: HostCapacity; score: Score };

/** `excluded` are the ids of hosts that failed in this run; `limit` (at least 1) is how many of the best are wanted. */
export type RankOptions = { limit: number; excluded?: ReadonlySet<string> };

/**
 * The best hosts that are up, of the demand's cluster and can serve all its vNICs at once, best first: by score, then
 * by name. Exact: a host is left out only by what no assignment of it could reach.
 *
 * Hosts alike are decided once, those that promise most first, until the rest cannot do better. `pack` and `spread` stop
 * at the first number of free VFs that fits. At worst (nothing fits, or `anti-affinity`) every group of the cluster is
 * looked at: counted, and decided when the count does not rule it out.
 */
export function rankHosts(index: FleetIndex, demand: VfDemand, { limit, excluded }: RankOptions): RankedHost[] {
  const best: RankedHost[] = [];
  const pinnedHosts = new Set(demand.wishes.flatMap(({ pin }) => pin?.hostId ?? []));
  const isOpen = ({ id }: HostCapacity) => !excluded?.has(id) && !pinnedHosts.has(id);
  for (const hostId of pinnedHosts) {
    const host = index.host(hostId);
    if (host?.status !== 'up' || host.clusterId !== demand.clusterId || excluded?.has(hostId)) continue;
    const fit = assignVfs(host, demand);
    if (fit) keep(best, { host, score: fit.score }, limit);
  }

  const viewOf = groupViews(demand);
  const { totals, byTotal } = index.groupsOf(demand.clusterId);
  for (const total of totalsInOrder(totals, demand)) {
    if (!canBeat(best, boundOfTotal(total, demand), limit)) break;
    for (const group of byTotal.get(total)?.values() ?? []) {
      const score = scoreOfGroup(best, group, viewOf(group.shape), demand, { limit, isOpen });
      if (score === undefined) continue;
      for (const host of group.hosts) {
        if (isOpen(host) && !keep(best, { host, score }, limit)) break;
      }
    }
  }
  return best;
}

/** The score of every open host of the group; undefined when they do not fit, or cannot be among the best. */
function scoreOfGroup(
  best: readonly RankedHost[],
  group: HostGroup,
  view: GroupView,
  demand: VfDemand,
  { limit, isOpen }: { limit: number; isOpen: (host: HostCapacity) => boolean },
): Score | undefined {
  if (view === undefined || !canBeat(best, view.bound, limit, group.hosts[0])) return undefined;
  const bound = boundOfGroup(view, group, demand);
  if (bound === undefined || !canBeat(best, bound, limit, group.hosts[0])) return undefined;
  const placing = placingOnShape(group.shape, view.kinds, demand, group.free);
  if (givingPfs(placing).length <= MOST_PFS) return bestScore(placing);
  const one = group.hosts.find(isOpen);
  return one && assignWideHost(one, shapeViewOf(one.shape, demand), demand)?.score;
}

/** Whether a host with at most this score, and none named before `first`, could be among the best. */
function canBeat(best: readonly RankedHost[], bound: Score, limit: number, first?: HostCapacity): boolean {
  const last = best[limit - 1];
  if (last === undefined) return true;
  const difference = compareScores(bound, last.score);
  return difference < 0 || (difference === 0 && (first === undefined || compareNames(first, last.host) < 0));
}

/** Puts a host in its place among the best; false when it is not one of them. */
function keep(best: RankedHost[], ranked: RankedHost, limit: number): boolean {
  const place = placeIn(best, (other) => compareRanked(other, ranked));
  if (place >= limit) return false;
  best.splice(place, 0, ranked);
  best.length = Math.min(best.length, limit);
  return true;
}

function compareRanked(one: RankedHost, other: RankedHost): number {
  return compareScores(one.score, other.score) || compareNames(one.host, other.host);
}
