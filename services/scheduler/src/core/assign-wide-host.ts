import { hostBins, type VfBin } from './host-bins.ts';
import { freeRanks, type HostCapacity } from './host-capacity.ts';
import { type Matching, matching } from './matching.ts';
import { type PfRoom, type Placing, type Score, scoreOfLoads } from './placing.ts';
import { placingOnHost, type VfChoices } from './placing-on-host.ts';
import type { ShapeView } from './shape-view.ts';
import type { VfDemand } from './vf-demand.ts';

/**
 * The assignment of a host with more PFs than can be decided by sets of them, in polynomial time. Whether the host
 * fits, the number of vNICs served, those on the VM's NUMA node and the policy `spread` are exact: VFs are put to use
 * one by one, best PF first, and no use is ever taken back. `pack` and `anti-affinity` choose the best PF at each step,
 * which need not be the best in the end, and the lowest addresses are taken PF by PF.
 */
export function assignWideHost(
  host: HostCapacity,
  view: ShapeView,
  demand: VfDemand,
): { score: Score; choices: VfChoices } | undefined {
  const placing = placingOnHost(host, view, demand, []);
  if (placing === undefined) return undefined;
  const { bins, guests } = hostBins(host, view);
  const matched = matching(bins, guests);
  const loads = useVfs(placing, bins, matched);
  for (const [guest, { must }] of guests.entries()) {
    if (must && !matched.serve(guest).served) return undefined;
  }
  return { score: scoreOfLoads(placing, loads), choices: choicesOf(host, bins, matched) };
}

/** Puts as many VFs to use as can be, near PFs first; answers how many each PF gives. */
function useVfs({ policy, pfs }: Placing, bins: readonly VfBin[], matched: Matching): number[] {
  const loads = pfs.map(() => 0);
  const open = new Set(bins.map(({ pf }) => pf));
  while (open.size > 0) {
    const usedCards = new Set(pfs.filter((_, pf) => loads[pf] !== 0).map(({ card }) => card));
    const worth = (pf: number) => worthOf(policy, pfs[pf] as PfRoom, loads[pf] as number, usedCards);
    const best = [...open].reduce((one, other) => (isMore(worth(other), worth(one)) ? other : one));
    const filled = [...bins.keys()].some((bin) => bins[bin]?.pf === best && matched.fill(bin));
    if (filled) loads[best] = (loads[best] as number) + 1;
    else open.delete(best);
  }
  return loads;
}

/** How good it is to take the next VF from a PF; the first difference decides. */
function worthOf(policy: Placing['policy'], pf: PfRoom, load: number, usedCards: ReadonlySet<number>): number[] {
  const near = pf.near ? 1 : 0;
  switch (policy) {
    case 'pack':
      return [near, load - pf.free];
    case 'spread':
      return [near, pf.free - load];
    case 'anti-affinity':
      return [near, usedCards.has(pf.card) ? 0 : 1, load === 0 ? 1 : 0];
    default:
      return policy satisfies never;
  }
}

function isMore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (one[at] as number) > (other[at] as number);
}

/** Within a bin the first vNIC gets the lowest address. */
function choicesOf(host: HostCapacity, bins: readonly VfBin[], { places }: Matching): VfChoices {
  const pinned = new Set(bins.map((bin) => bin.pinned));
  const open = bins.map((bin) =>
    bin.pinned === null ? freeRanks(host, bin.pf).filter((rank) => !pinned.has(rank)) : [bin.pinned],
  );
  return places.map((place) => {
    const bin = place === undefined ? undefined : bins[place];
    const rank = place === undefined ? undefined : open[place]?.shift();
    return bin === undefined || rank === undefined ? null : { rank, pf: bin.pf };
  });
}
