import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { assignWideHost } from './assign-wide-host.ts';
import { bestScore } from './best-score.ts';
import { freeRanks, type HostCapacity } from './host-capacity.ts';
import { pciAddressAt } from './pci-rank.ts';
import { compareScores, type Score } from './placing.ts';
import { type FreeVf, pinnedVf, placingOnHost, type VfChoices } from './placing-on-host.ts';
import { type ShapeView, shapeViewOf, type WishView } from './shape-view.ts';
import { givingPfs } from './slot-ranks.ts';
import type { VfDemand } from './vf-demand.ts';

/** Up to so many PFs that can give the VM a VF the decision is exact in everything; see assign-wide-host.ts beyond. */
export const MOST_PFS = 10;

/** The VF of a vNIC and its PF; null is the bridge of a preferred vNIC's network. */
export type VfAssignment = { vnic: Named; vf: { pciAddress: PciAddress; pf: Named } | null };

/** That all vNICs can be served on a host at once, how well, and by which VFs, in the order of the VM's vNICs. */
export type HostFit = { score: Score; assignments: VfAssignment[] };

/**
 * The best assignment of a host, or undefined when it cannot serve all vNICs at once. Whether the host is up, excluded
 * or of the VM's cluster is not looked at. Among assignments of one score the one that gives the first vNIC the lowest
 * PCI address is taken, then the second, and so on; a bridge comes after every address.
 */
export function assignVfs(host: HostCapacity, demand: VfDemand): HostFit | undefined {
  const view = shapeViewOf(host.shape, demand);
  if (view.missing.length > 0) return undefined;
  const placing = placingOnHost(host, view, demand, []);
  if (placing === undefined) return undefined;
  if (givingPfs(placing).length > MOST_PFS) {
    const wide = assignWideHost(host, view, demand);
    return wide && { score: wide.score, assignments: named(host, view, wide.choices) };
  }
  const score = bestScore(placing);
  return score && { score, assignments: named(host, view, lowestAddresses(host, view, demand, score)) };
}

/** Fixes one vNIC after the other to the lowest address with which the best score can still be reached. */
function lowestAddresses(host: HostCapacity, view: ShapeView, demand: VfDemand, best: Score): VfChoices {
  let decided: VfChoices = [];
  while (decided.length < view.wishes.length) {
    const next = optionsOf(host, view, decided)
      .map((option) => [...decided, option])
      .find((choices) => {
        const placing = placingOnHost(host, view, demand, choices);
        const score = placing && bestScore(placing);
        return score !== undefined && compareScores(score, best) === 0;
      });
    if (next === undefined) throw new Error(`no assignment of host ${host.name} has the score ${best.join(' ')}`);
    decided = next;
  }
  return decided;
}

/** The VFs the next vNIC can have, lowest address first; null is none. */
function optionsOf(host: HostCapacity, view: ShapeView, decided: VfChoices): VfChoices {
  const next = view.wishes[decided.length] as WishView;
  const kept = new Set(decided.map((vf) => vf?.rank));
  const wished = new Set<number>();
  for (const later of view.wishes.slice(decided.length + 1)) {
    const pinned = pinnedVf(host, later);
    if (pinned !== undefined) (later.must ? kept : wished).add(pinned.rank);
  }
  const pinned = pinnedVf(host, next);
  const options =
    next.wish.pin === null
      ? next.pfs.flatMap((pf) => lowestOf(host, pf, { kept, wished }))
      : pinned === undefined || kept.has(pinned.rank)
        ? []
        : [pinned];
  options.sort((one, other) => one.rank - other.rank);
  return next.must ? options : [...options, null];
}

/**
 * The lowest VF of a PF that no later vNIC is pinned to, and the lower ones that a preferred vNIC is pinned to. The
 * others need not be tried: they are worth the same as the lowest or less.
 */
function lowestOf(
  host: HostCapacity,
  pf: number,
  { kept, wished }: { kept: ReadonlySet<number | undefined>; wished: ReadonlySet<number> },
): FreeVf[] {
  const open = freeRanks(host, pf).filter((rank) => !kept.has(rank));
  const lowest = open.findIndex((rank) => !wished.has(rank));
  return open.slice(0, lowest < 0 ? open.length : lowest + 1).map((rank) => ({ rank, pf }));
}

function named(host: HostCapacity, { wishes }: ShapeView, choices: VfChoices): VfAssignment[] {
  return wishes.map(({ wish }, index) => {
    const choice = choices[index];
    const pf = choice && host.pfs[choice.pf];
    if (!choice || !pf) return { vnic: wish.vnic, vf: null };
    return { vnic: wish.vnic, vf: { pciAddress: pciAddressAt(choice.rank), pf: { id: pf.id, name: pf.name } } };
  });
}
