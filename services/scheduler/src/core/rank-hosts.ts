import { assignVfs } from './assign-vfs.ts';
import { type BestHosts, bestHosts, type RankedHost } from './best-hosts.ts';
import type { FleetIndex } from './fleet-index.ts';
import { boundOfGroup, boundOfTotal, totalsInOrder } from './group-bound.ts';
import { groupScores } from './group-scores.ts';
import { groupViews } from './group-views.ts';
import type { HostCapacity } from './host-capacity.ts';
import { shapesByPromise } from './shapes-by-promise.ts';
import type { VfDemand } from './vf-demand.ts';

/** `excluded` are the ids of hosts that failed in this run; `limit` (at least 1) is how many of the best are wanted. */
export type RankOptions = { limit: number; excluded?: Pick<ReadonlySet<string>, 'has'> };

/** What a walk over the hosts needs; `isOpen` are those that are neither excluded nor looked at already. */
type Walk = { index: FleetIndex; demand: VfDemand; best: BestHosts; isOpen: (host: HostCapacity) => boolean };

/**
 * The best hosts that are up, of the demand's cluster and can serve all its vNICs at once, best first: by score, then
 * by name. Exact: a host is left out only by what no assignment of it could reach.
 *
 * Hosts alike are decided once, those that promise most first, until the rest cannot do better. `pack` and `spread` stop
 * at the first number of free VFs that fits, `anti-affinity` at the first host of each shape that has what the shape
 * allows. At worst, when nothing fits, every group of the cluster is counted, and decided when that does not rule it out.
 */
export function rankHosts(index: FleetIndex, demand: VfDemand, { limit, excluded }: RankOptions): RankedHost[] {
  const best = bestHosts(limit);
  const pinnedHosts = new Set(demand.wishes.flatMap(({ pin }) => pin?.hostId ?? []));
  for (const hostId of pinnedHosts) {
    const host = index.host(hostId);
    if (host?.status !== 'up' || host.clusterId !== demand.clusterId || excluded?.has(hostId)) continue;
    const fit = assignVfs(host, demand);
    if (fit) best.keep({ host, score: fit.score });
  }
  const isOpen = ({ id }: HostCapacity) => !excluded?.has(id) && !pinnedHosts.has(id);
  if (demand.policy === 'anti-affinity') walkByName({ index, demand, best, isOpen });
  else walkByTotal({ index, demand, best, isOpen });
  return [...best.hosts];
}

/** Free VFs left decide: from the number of free VFs that promises most down to the first that cannot do better. */
function walkByTotal({ index, demand, best, isOpen }: Walk): void {
  const { viewOf } = groupViews(demand);
  const scoreOf = groupScores(demand);
  const { totals, byTotal } = index.groupsOf(demand.clusterId);
  for (const total of totalsInOrder(totals, demand)) {
    if (!best.couldKeep(boundOfTotal(total, demand))) return;
    for (const { shape, free, hosts } of byTotal.get(total)?.values() ?? []) {
      const view = viewOf(shape);
      if (view === undefined || !best.couldKeep(view.bound, hosts[0])) continue;
      const bound = boundOfGroup(view, { shape, free, total }, demand);
      if (bound === undefined || !best.couldKeep(bound, hosts[0])) continue;
      const one = hosts.find(isOpen);
      const score = one && scoreOf({ host: one, free, kinds: view.kinds });
      if (score === undefined) continue;
      for (const host of hosts) {
        if (isOpen(host) && !best.keep({ host, score })) break;
      }
    }
  }
}

/**
 * Free VFs left do not count beyond what the VM needs: shapes that promise most first, in each its hosts by name, until
 * no later name could do better.
 */
function walkByName({ index, demand, best, isOpen }: Walk): void {
  const views = groupViews(demand);
  const scoreOf = groupScores(demand);
  const least = demand.wishes.filter(({ must, pin }) => must && pin === null).length;
  for (const { bound, shapes } of shapesByPromise(index.groupsOf(demand.clusterId).byShape.values(), views, demand)) {
    if (!best.couldKeep(bound)) return;
    for (const { shape, hosts } of shapes) {
      for (const host of hosts) {
        if (!best.couldKeep(bound, host)) break;
        if (host.free.length < least || !isOpen(host)) continue;
        const view = views.viewOf(shape);
        if (view === undefined || !best.couldKeep(view.bound, host)) break;
        const free = host.pfs.map((pf) => pf.free);
        const ofHost = boundOfGroup(view, { shape, free, total: host.free.length }, demand);
        if (ofHost === undefined || !best.couldKeep(ofHost, host)) continue;
        const score = scoreOf({ host, free, kinds: view.kinds });
        if (score !== undefined) best.keep({ host, score });
      }
    }
  }
}
