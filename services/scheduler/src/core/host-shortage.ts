import { hostBins, type VfBin } from './host-bins.ts';
import type { HostCapacity } from './host-capacity.ts';
import { matching } from './matching.ts';
import type { ShapeView, WishView } from './shape-view.ts';
import type { NetworkNeed, VfDemand } from './vf-demand.ts';

/** What keeps a VM from a host whatever VFs it has. */
export type GateCode = 'HOST_NOT_UP' | 'HOST_OF_OTHER_CLUSTER' | 'HOST_EXCLUDED';

/**
 * vNICs that each fit alone but not all at once: they are one more than there are free VFs (`vfs`, by the index of
 * their PFs) that can serve any of them, and without any one of them the others fit.
 */
export type Conflict = { wishes: readonly WishView[]; pfs: readonly { pf: number; vfs: number }[] };

/**
 * What a host lacks. Behind a gate nothing else is looked at. `hopeless` are the vNICs that no VF of the host can serve
 * even alone, `unserved` is how many vNICs cannot be served at once, hopeless ones included.
 */
export type HostShortage = {
  gates: readonly GateCode[];
  networks: readonly NetworkNeed[];
  hopeless: readonly WishView[];
  conflicts: readonly Conflict[];
  unserved: number;
};

/** Ids of hosts that failed in this run. */
export type Excluded = Pick<ReadonlySet<string>, 'has'>;

const GATES: readonly {
  code: GateCode;
  broken: (host: HostCapacity, demand: VfDemand, excluded: Excluded) => boolean;
}[] = [
  { code: 'HOST_NOT_UP', broken: ({ status }) => status !== 'up' },
  { code: 'HOST_OF_OTHER_CLUSTER', broken: ({ clusterId }, demand) => clusterId !== demand.clusterId },
  { code: 'HOST_EXCLUDED', broken: ({ id }, _, excluded) => excluded.has(id) },
];

/** Everything a host lacks for the demand, or undefined when it fits; `view` is the demand's on the host's shape. */
export function shortageOf(
  host: HostCapacity,
  demand: VfDemand,
  view: ShapeView,
  excluded: Excluded,
): HostShortage | undefined {
  const gates = GATES.filter(({ broken }) => broken(host, demand, excluded)).map(({ code }) => code);
  if (gates.length > 0) return { gates, networks: [], hopeless: [], conflicts: [], unserved: 0 };
  const { hopeless, conflicts, unserved } = vfShortage(host, view);
  if (unserved === 0 && view.missing.length === 0) return undefined;
  return { gates, networks: view.missing, hopeless, conflicts, unserved };
}

function vfShortage(host: HostCapacity, view: ShapeView): Pick<HostShortage, 'hopeless' | 'conflicts' | 'unserved'> {
  const { bins, guests } = hostBins(host, view);
  const matched = matching(bins, guests);
  const hopeless: WishView[] = [];
  const conflicts: Conflict[] = [];
  const told = new Set<number>();
  let unserved = 0;
  for (const [guest, { must, bins: able }] of guests.entries()) {
    if (!must) continue;
    if (able.length === 0) hopeless.push(view.wishes[guest] as WishView);
    const served = matched.serve(guest);
    if (served.served) continue;
    unserved += 1;
    if (able.length === 0 || served.bins.some((bin) => told.has(bin))) continue;
    for (const bin of served.bins) told.add(bin);
    conflicts.push(conflictOf(view, bins, served));
  }
  return { hopeless, conflicts, unserved };
}

function conflictOf(
  { wishes }: ShapeView,
  bins: readonly VfBin[],
  { rivals, bins: full }: { rivals: number[]; bins: number[] },
): Conflict {
  const vfs = new Map<number, number>();
  for (const { pf, room } of full.map((bin) => bins[bin] as VfBin)) vfs.set(pf, (vfs.get(pf) ?? 0) + room);
  return {
    wishes: wishes.filter((_, index) => rivals.includes(index)),
    pfs: [...vfs].map(([pf, count]) => ({ pf, vfs: count })).sort((one, other) => one.pf - other.pf),
  };
}
