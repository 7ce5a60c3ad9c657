import { explainHost, type HostRejection } from './explain-host.ts';
import { compareNames } from './fleet-index.ts';
import type { HostCapacity } from './host-capacity.ts';
import { type GateCode, type HostShortage, shortageOf } from './host-shortage.ts';
import { placeIn } from './place-in.ts';
import { type FallAwayCode, fallAwayCodes } from './serving-rules.ts';
import { shapeViews } from './shape-view.ts';
import type { VfDemand } from './vf-demand.ts';

/** Up to so many hosts that do not fit are each told; above, the closest. */
const MOST_TOLD = 50;
const CLOSEST = 20;

/** So many hosts are looked at before others get their turn: 3 ms at most, of a VM with 64 vNICs. */
const SLICE = 50;

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
 * then those that lack the least, then by name. `closest` are the ids of up to 20 that are not excluded, closest first.
 */
export type FleetRejections = {
  rejected: number;
  counts: { code: RejectionCode; hosts: number }[];
  hosts: HostRejection[];
  closest: string[];
};

type Rejected = { host: HostCapacity; shortage: HostShortage };

/**
 * Tells why hosts do not fit the demand. `excluded` are hosts that failed in this run, by id, each with why. It looks at
 * every host, so it stops again and again to let others have their turn; what it tells is as the hosts were at the start.
 */
export function* explainFleet(
  hosts: readonly HostCapacity[],
  demand: VfDemand,
  excluded: ReadonlyMap<string, string> = new Map(),
): Generator<void, FleetRejections> {
  const viewOf = shapeViews(demand);
  const counts = new Map<RejectionCode, number>();
  const closest: Rejected[] = [];
  let rejected = 0;
  for (const [at, host] of hosts.entries()) {
    if (at % SLICE === SLICE - 1) yield;
    const shortage = shortageOf(host, demand, viewOf(host.shape), excluded);
    if (shortage === undefined) continue;
    rejected += 1;
    keepClosest(closest, { host, shortage });
    for (const code of codesOf(host, shortage)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const told =
    rejected > MOST_TOLD
      ? closest.slice(0, CLOSEST)
      : closest.toSorted((one, other) => compareNames(one.host, other.host));
  const explained: HostRejection[] = [];
  for (const { host, shortage } of told) {
    yield;
    explained.push(explainHost(host, shortage, excluded.get(host.id)));
  }
  const open = closest.filter(({ host }) => !excluded.has(host.id));
  return { rejected, counts: mostFrequentFirst(counts), hosts: explained, closest: idsOf(open.slice(0, CLOSEST)) };
}

function keepClosest(closest: Rejected[], rejected: Rejected): void {
  const place = placeIn(closest, (other) => compareCloseness(other, rejected));
  if (place >= MOST_TOLD) return;
  closest.splice(place, 0, rejected);
  closest.length = Math.min(closest.length, MOST_TOLD);
}

function mostFrequentFirst(counts: ReadonlyMap<RejectionCode, number>): FleetRejections['counts'] {
  return [...counts]
    .map(([code, hosts]) => ({ code, hosts }))
    .sort((one, other) => other.hosts - one.hosts || (one.code < other.code ? -1 : 1));
}

function idsOf(rejected: readonly Rejected[]): string[] {
  return rejected.map(({ host }) => host.id);
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
