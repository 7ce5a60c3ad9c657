import { explainHost, type HostRejection } from './explain-host.ts';
import { compareNames, type FleetIndex } from './fleet-index.ts';
import type { HostCapacity } from './host-capacity.ts';
import { type GateCode, type HostShortage, shortageOf } from './host-shortage.ts';
import { type FallAwayCode, fallAwayCodes } from './serving-rules.ts';
import { shapeViews } from './shape-view.ts';
import type { VfDemand } from './vf-demand.ts';

/** Up to so many hosts that do not fit are each told; above, the closest. */
const MOST_TOLD = 50;
const CLOSEST = 20;

/**
 * Why a host does not fit, in one word to count by: what a cause is, and why the PFs of a `NO_SUITABLE_VF` fell away.
 * `TOO_FEW_FREE_VFS` is that vNICs fit alone but not at once.
 */
export type RejectionCode =
  | GateCode
  | 'VAR__DETAIL__NETWORK_MISSING'
  | 'VAR__DETAIL__NO_SUITABLE_VF'
  | 'TOO_FEW_FREE_VFS'
  | FallAwayCode;

/**
 * Why hosts of the fleet do not fit. `rejected` counts them, `counts` says how many of them have a reason (a host with
 * several counts under each), most frequent first. `hosts` are all of them in the order of their names, or the closest
 * 20 when they are more than 50, closest first: before the others those that are up, of the cluster and not excluded,
 * then those that lack the least, then by name.
 */
export type FleetRejections = {
  rejected: number;
  counts: { code: RejectionCode; hosts: number }[];
  hosts: HostRejection[];
};

type Rejected = { host: HostCapacity; shortage: HostShortage };

/** Tells why hosts do not fit the demand. `excluded` are hosts that failed in this run, by id, each with why. */
export function explainFleet(
  index: FleetIndex,
  demand: VfDemand,
  excluded: ReadonlyMap<string, string> = new Map(),
): FleetRejections {
  const viewOf = shapeViews(demand);
  const counts = new Map<RejectionCode, number>();
  const rejected: Rejected[] = [];
  for (const host of index.hosts()) {
    const shortage = shortageOf(host, demand, viewOf(host.shape), excluded);
    if (shortage === undefined) continue;
    rejected.push({ host, shortage });
    for (const code of codesOf(host, shortage)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const isFew = rejected.length <= MOST_TOLD;
  rejected.sort(isFew ? (one, other) => compareNames(one.host, other.host) : compareCloseness);
  return {
    rejected: rejected.length,
    counts: [...counts]
      .map(([code, hosts]) => ({ code, hosts }))
      .sort((one, other) => other.hosts - one.hosts || (one.code < other.code ? -1 : 1)),
    hosts: rejected
      .slice(0, isFew ? MOST_TOLD : CLOSEST)
      .map(({ host, shortage }) => explainHost(host, shortage, excluded.get(host.id))),
  };
}

function codesOf(host: HostCapacity, { gates, networks, hopeless, conflicts }: HostShortage): Set<RejectionCode> {
  const codes = new Set<RejectionCode>(gates);
  if (networks.length > 0) codes.add('VAR__DETAIL__NETWORK_MISSING');
  if (hopeless.length + conflicts.length > 0) codes.add('VAR__DETAIL__NO_SUITABLE_VF');
  if (conflicts.length > 0) codes.add('TOO_FEW_FREE_VFS');
  for (const { wish } of hopeless) {
    for (const index of host.pfs.keys()) for (const code of fallAwayCodes(host, index, wish)) codes.add(code);
  }
  return codes;
}

function compareCloseness(one: Rejected, other: Rejected): number {
  return (
    one.shortage.gates.length - other.shortage.gates.length ||
    lacks(one.shortage) - lacks(other.shortage) ||
    compareNames(one.host, other.host)
  );
}

/** How many vNICs and networks would have to be helped. */
function lacks({ unserved, networks }: HostShortage): number {
  return unserved + new Set(networks.map(({ network }) => network.id)).size;
}
