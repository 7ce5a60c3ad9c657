import type { HostGroup } from './fleet-index.ts';
import type { HostShape } from './host-capacity.ts';
import type { Score, VnicKind } from './placing.ts';
import type { VfDemand } from './vf-demand.ts';

const UNBOUNDED = Number.POSITIVE_INFINITY;

/**
 * The vNICs without a pin by the PFs (by index) that can serve them, how many must have a VF, and the PFs that can serve
 * any of them.
 */
export type Serving = { kinds: readonly VnicKind[]; must: number; serving: readonly number[] };

/** A score that no host with so many free VFs exceeds, whatever its shape. In the order of `totalsInOrder` it never rises. */
export function boundOfTotal(total: number, demand: VfDemand): Score {
  const served = Math.min(total, unpinned(demand));
  const near = demand.numaNode === null ? 0 : served;
  return boundOf(demand.policy, { served, near, left: total - served, cards: served, givers: served });
}

/** The numbers of free VFs that hosts have, those first that promise most. `totals` are ascending. */
export function totalsInOrder(totals: readonly number[], { policy, ...demand }: VfDemand): number[] {
  if (policy !== 'pack') return totals.toReversed();
  const enough = unpinned(demand);
  return [...totals.filter((total) => total >= enough), ...totals.filter((total) => total < enough).reverse()];
}

/** A score that no host of the group exceeds, from its counts alone; undefined when none of them can fit. */
export function boundOfGroup(
  { kinds, must, serving }: Serving,
  { shape, free, total }: Pick<HostGroup, 'free' | 'total'> & { shape: HostShape },
  { policy, numaNode }: VfDemand,
): Score | undefined {
  const isNear = (pf: number) => numaNode !== null && shape.pfs[pf]?.numaNode === numaNode;
  const givers = serving.filter((pf) => free[pf] !== 0);
  const room = roomOf(givers, free);
  if (room < must) return undefined;
  const nearPfs = givers.filter(isNear);
  const served = Math.min(room, vnicsOn(kinds, givers));
  const near = Math.min(roomOf(nearPfs, free), vnicsOn(kinds, nearPfs), served);
  if (policy !== 'anti-affinity') return boundOf(policy, { served, near, left: total - served, cards: 0, givers: 0 });
  const farPfs = givers.filter((pf) => !isNear(pf));
  const most = (ofNear: number, ofFar: number) => Math.min(near, ofNear) + Math.min(served - near, ofFar);
  const cards = Math.min(most(cardsOf(shape, nearPfs), cardsOf(shape, farPfs)), cardsOf(shape, givers));
  return boundOf(policy, { served, near, left: 0, cards, givers: most(nearPfs.length, farPfs.length) });
}

/** A score that no host of the shape exceeds but for the free VFs left, however many it has. */
export function boundOfShape(serving: Serving, shape: HostShape, demand: VfDemand): Score | undefined {
  const plenty = shape.pfs.map(() => demand.wishes.length);
  const bound = boundOfGroup(serving, { shape, free: plenty, total: sum(plenty) }, demand);
  if (bound === undefined || demand.policy === 'anti-affinity') return bound;
  const [served, near] = bound;
  return [served, near, UNBOUNDED, UNBOUNDED];
}

function boundOf(
  policy: VfDemand['policy'],
  { served, near, left, cards, givers }: Record<'served' | 'near' | 'left' | 'cards' | 'givers', number>,
): Score {
  switch (policy) {
    case 'pack':
      return [served, near, -left, UNBOUNDED];
    case 'spread':
      return [served, near, left, UNBOUNDED];
    case 'anti-affinity':
      return [served, near, cards, givers];
    default:
      return policy satisfies never;
  }
}

function vnicsOn(kinds: readonly VnicKind[], pfs: readonly number[]): number {
  const able = kinds.filter((kind) => kind.pfs.some((pf) => pfs.includes(pf)));
  return sum(able.map(({ must, may }) => must + may));
}

function roomOf(pfs: readonly number[], free: readonly number[]): number {
  return sum(pfs.map((pf) => free[pf] as number));
}

function cardsOf({ cards }: HostShape, pfs: readonly number[]): number {
  return pfs.filter((pf, index) => pfs.findIndex((other) => cards[other] === cards[pf]) === index).length;
}

function unpinned({ wishes }: Pick<VfDemand, 'wishes'>): number {
  return wishes.filter(({ pin }) => pin === null).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
