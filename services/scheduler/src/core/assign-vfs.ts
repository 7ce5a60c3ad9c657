import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { assignWideHost } from './assign-wide-host.ts';
import { bestScore } from './best-score.ts';
import type { HostCapacity } from './host-capacity.ts';
import { domainStartOf, pciAddressAt } from './pci-rank.ts';
import { compareScores, type Score } from './placing.ts';
import { pinnedVf, placingOnHost, type VfChoices } from './placing-on-host.ts';
import { isFree } from './serving-rules.ts';
import { type ShapeView, shapeViewOf, type WishView } from './shape-view.ts';
import { givingPfs } from './slot-ranks.ts';
import type { VfDemand } from './vf-demand.ts';

/** Up to so many PFs that can give the VM a VF the decision is exact in everything; see assign-wide-host.ts beyond. */
export const MOST_PFS = 12;

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
  const fit = chooseVfs(host, view, demand);
  return fit && { score: fit.score, assignments: named(host, view, fit.choices) };
}

function chooseVfs(
  host: HostCapacity,
  view: ShapeView,
  demand: VfDemand,
): { score: Score; choices: VfChoices } | undefined {
  const placing = placingOnHost(host, view, demand, []);
  if (placing === undefined) return undefined;
  if (givingPfs(placing).length > MOST_PFS) return assignWideHost(host, view, demand);
  const score = bestScore(placing);
  return score && { score, choices: lowestAddresses(host, view, demand, score) };
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
  const later = view.wishes.slice(decided.length + 1);
  const taken = new Set(decided);
  const pinned = (must: boolean) =>
    later.filter((wish) => wish.must === must).map((wish) => pinnedVf(host, wish)?.rank);
  const kept = new Set([...taken, ...pinned(true)]);
  const ranks =
    next.wish.pin === null
      ? next.pfs.flatMap((pf) => lowestOf(host, pf, { kept, wished: new Set(pinned(false)) }))
      : [pinnedVf(host, next)?.rank].filter((rank) => rank !== undefined && !kept.has(rank));
  const ordered = ranks.filter((rank) => rank !== undefined).sort((one, other) => one - other);
  return next.must ? ordered : [...ordered, null];
}

/**
 * The lowest VF of a PF that no later vNIC is pinned to, and the lower ones that a preferred vNIC is pinned to. The
 * others need not be tried: they are worth the same as the lowest or less.
 */
function lowestOf(
  { pfs }: HostCapacity,
  index: number,
  { kept, wished }: { kept: ReadonlySet<number | null | undefined>; wished: ReadonlySet<number | undefined> },
): number[] {
  const pf = pfs[index];
  if (pf === undefined) return [];
  const domain = domainStartOf(pf.pciRank);
  const lowest: number[] = [];
  for (const routingId of pf.free) {
    const rank = domain + routingId;
    if (kept.has(rank)) continue;
    lowest.push(rank);
    if (!wished.has(rank)) break;
  }
  return lowest;
}

function named(host: HostCapacity, { wishes }: ShapeView, choices: VfChoices): VfAssignment[] {
  return wishes.map(({ wish }, index) => {
    const rank = choices[index];
    if (rank === null || rank === undefined) return { vnic: wish.vnic, vf: null };
    const pf = host.pfs.find((candidate) => isFree(candidate, rank));
    if (pf === undefined) throw new Error(`${pciAddressAt(rank)} is no free VF of host ${host.name}`);
    return { vnic: wish.vnic, vf: { pciAddress: pciAddressAt(rank), pf: { id: pf.id, name: pf.name } } };
  });
}
