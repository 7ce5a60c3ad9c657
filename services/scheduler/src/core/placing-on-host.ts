import { freeRanks, type HostCapacity, type HostShape } from './host-capacity.ts';
import type { PfRoom, Placing, VnicKind } from './placing.ts';
import type { ShapeView, WishView } from './shape-view.ts';
import type { VfDemand } from './vf-demand.ts';

/** A VF by its PCI rank, and its PF by index. */
export type FreeVf = { rank: number; pf: number };

/** The VF of each vNIC, null for none, in the order of the demand's wishes. */
export type VfChoices = readonly (FreeVf | null)[];

/**
 * What is left to decide on a host when the first vNICs have the VFs `decided`; undefined when a vNIC that must have a
 * VF is pinned to one it cannot get.
 */
export function placingOnHost(
  host: HostCapacity,
  { wishes }: ShapeView,
  demand: VfDemand,
  decided: VfChoices,
): Placing | undefined {
  const open = wishes.slice(decided.length);
  const pins = open.map((view) => ({ must: view.must && view.wish.pin !== null, vf: pinnedVf(host, view) }));
  const pfOf = new Map(decided.flatMap((vf) => (vf ? [[vf.rank, vf.pf]] : [])));
  for (const { must, vf } of pins) {
    if (!must) continue;
    if (vf === undefined || pfOf.has(vf.rank)) return undefined;
    pfOf.set(vf.rank, vf.pf);
  }
  const taken = host.pfs.map(() => 0);
  for (const pf of pfOf.values()) taken[pf] = (taken[pf] as number) + 1;
  const wished = host.pfs.map(() => 0);
  for (const { vf } of pins) {
    if (vf === undefined || pfOf.has(vf.rank)) continue;
    pfOf.set(vf.rank, vf.pf);
    wished[vf.pf] = (wished[vf.pf] as number) + 1;
  }
  const stock = host.pfs.map(({ free }, pf) => ({ free, taken: taken[pf] as number, wished: wished[pf] as number }));
  return { policy: demand.policy, pfs: roomsOf(host.shape, demand, stock), kinds: kindsOf(open) };
}

/** What is to be decided on a host of the shape with so many free VFs on its PFs, none of which a vNIC is pinned to. */
export function placingOnShape(
  shape: HostShape,
  kinds: readonly VnicKind[],
  demand: VfDemand,
  free: readonly number[],
): Placing {
  const stock = free.map((count) => ({ free: count, taken: 0, wished: 0 }));
  return { policy: demand.policy, pfs: roomsOf(shape, demand, stock), kinds };
}

/** The VF a vNIC is pinned to, when it is a free one of this host that can serve it. */
export function pinnedVf(host: HostCapacity, { wish: { pin }, pfs }: WishView): FreeVf | undefined {
  if (pin === null || pin.hostId !== host.id) return undefined;
  const pf = pfs.find((index) => freeRanks(host, index).includes(pin.pciRank));
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
  return stock.map(({ free, taken, wished }, index) => ({
    free,
    taken,
    wished,
    near: numaNode !== null && pfs[index]?.numaNode === numaNode,
    card: cards[index] as number,
  }));
}
