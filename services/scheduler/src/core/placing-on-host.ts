import type { HostCapacity, HostShape } from './host-capacity.ts';
import type { PfRoom, Placing, VnicKind } from './placing.ts';
import { isFree } from './serving-rules.ts';
import type { ShapeView, WishView } from './shape-view.ts';
import type { VfDemand } from './vf-demand.ts';

/** The VF of each vNIC by its PCI rank, null for none, in the order of the demand's wishes. */
export type VfChoices = readonly (number | null)[];

/**
 * What is left to decide on a host when the first vNICs have the VFs `decided` says; undefined when a vNIC that must
 * have a VF is pinned to one it cannot get.
 */
export function placingOnHost(
  host: HostCapacity,
  { wishes }: ShapeView,
  demand: VfDemand,
  decided: VfChoices,
): Placing | undefined {
  const open = wishes.slice(decided.length);
  const taken = new Set(decided.filter((rank) => rank !== null));
  for (const view of open) {
    if (!view.must || view.wish.pin === null) continue;
    const pinned = pinnedVf(host, view);
    if (pinned === undefined || taken.has(pinned.rank)) return undefined;
    taken.add(pinned.rank);
  }
  const wished = new Set(open.flatMap((view) => pinnedVf(host, view)?.rank ?? []).filter((rank) => !taken.has(rank)));
  return {
    policy: demand.policy,
    pfs: roomsOf(
      host.shape,
      demand,
      host.pfs.map((pf) => ({
        free: pf.free.length,
        taken: countOf(taken, (rank) => isFree(pf, rank)),
        wished: countOf(wished, (rank) => isFree(pf, rank)),
      })),
    ),
    kinds: kindsOf(open),
  };
}

/** What is to be decided on every host of a shape that has so many free VFs on its PFs and none that a vNIC is pinned to. */
export function placingOnShape(
  shape: HostShape,
  view: { kinds: readonly VnicKind[] },
  demand: VfDemand,
  free: ArrayLike<number>,
): Placing {
  const stock = shape.pfs.map((_, index) => ({ free: free[index] as number, taken: 0, wished: 0 }));
  return { policy: demand.policy, pfs: roomsOf(shape, demand, stock), kinds: view.kinds };
}

/** The VF a vNIC is pinned to and the index of its PF, when it is a free one of this host that can serve it. */
export function pinnedVf(
  host: HostCapacity,
  { wish: { pin }, pfs }: WishView,
): { rank: number; pf: number } | undefined {
  if (pin === null || pin.hostId !== host.id) return undefined;
  const pf = pfs.find((index) => {
    const candidate = host.pfs[index];
    return candidate !== undefined && isFree(candidate, pin.pciRank);
  });
  return pf === undefined ? undefined : { rank: pin.pciRank, pf };
}

/** The vNICs without a pin by the PFs that can serve them. */
export function kindsOf(wishes: readonly WishView[]): VnicKind[] {
  const kinds = new Map<string, VnicKind>();
  for (const { wish, must, pfs } of wishes) {
    if (wish.pin !== null) continue;
    const key = pfs.join();
    const kind = kinds.get(key) ?? { pfs, must: 0, may: 0 };
    kinds.set(key, must ? { ...kind, must: kind.must + 1 } : { ...kind, may: kind.may + 1 });
  }
  return [...kinds.values()];
}

function roomsOf(
  { pfs, cards }: HostShape,
  { numaNode }: VfDemand,
  stock: readonly Pick<PfRoom, 'free' | 'taken' | 'wished'>[],
): PfRoom[] {
  return stock.map((counts, index) => ({
    ...counts,
    near: numaNode !== null && pfs[index]?.numaNode === numaNode,
    card: cards[index] as number,
  }));
}

function countOf(ranks: ReadonlySet<number>, counts: (rank: number) => boolean): number {
  let count = 0;
  for (const rank of ranks) if (counts(rank)) count += 1;
  return count;
}
