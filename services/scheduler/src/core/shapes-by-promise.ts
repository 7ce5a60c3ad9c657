import type { ShapeHosts } from './fleet-index.ts';
import type { GroupViews } from './group-views.ts';
import type { HostShape } from './host-capacity.ts';
import type { Score } from './placing.ts';
import type { VfDemand } from './vf-demand.ts';

/** Shapes of which no host has a better score of `anti-affinity` than `bound`. */
export type PromisingShapes = { bound: Score; shapes: readonly ShapeHosts[] };

/** A power of two above the number of vNICs of a VM (64), which no count of what serves them exceeds. */
const BASE = 128;

/** So many cards are told apart, in the bits of a number; each PF of a later one counts as a card. */
const CARDS = 31;

/**
 * The shapes of which a host could fit, those that promise most first. The bound is a rough one, from which PFs can serve
 * any vNIC at all: it is found for every shape of the fleet, while what a shape comes to exactly is for few.
 */
export function shapesByPromise(
  shapes: Iterable<ShapeHosts>,
  views: Pick<GroupViews, 'isHopeless' | 'isAble'>,
  demand: VfDemand,
): PromisingShapes[] {
  const most = demand.wishes.filter(({ pin }) => pin === null).length;
  const byPromise = new Map<number, ShapeHosts[]>();
  for (const shapeHosts of shapes) {
    if (views.isHopeless(shapeHosts.shape)) continue;
    const promise = promiseOf(shapeHosts.shape, views, { numaNode: demand.numaNode, most });
    const alike = byPromise.get(promise);
    if (alike) alike.push(shapeHosts);
    else byPromise.set(promise, [shapeHosts]);
  }
  return [...byPromise]
    .sort(([one], [other]) => other - one)
    .map(([promise, alike]) => ({ bound: boundOf(promise, most), shapes: alike }));
}

/**
 * A score as a number, greater for a better one: whether any PF is near (then all VFs might be on near ones), and how
 * many cards and PFs might give them. Nothing is made on the way: it is done for every shape.
 */
function promiseOf(
  { pfs, cards }: HostShape,
  { isAble }: Pick<GroupViews, 'isAble'>,
  { numaNode, most }: { numaNode: number | null; most: number },
): number {
  let [near, far, nearCards, farCards, nearMore, farMore] = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < pfs.length; index += 1) {
    const pf = pfs[index];
    const card = cards[index] as number;
    if (pf === undefined || !isAble(pf)) continue;
    if (numaNode !== null && pf.numaNode === numaNode) {
      near += 1;
      if (card < CARDS) nearCards |= 1 << card;
      else nearMore += 1;
    } else {
      far += 1;
      if (card < CARDS) farCards |= 1 << card;
      else farMore += 1;
    }
  }
  if (near > 0) return (BASE + Math.min(bitsIn(nearCards) + nearMore, most)) * BASE + Math.min(near, most);
  return Math.min(bitsIn(farCards) + farMore, most) * BASE + Math.min(far, most);
}

function boundOf(promise: number, most: number): Score {
  const givers = promise % BASE;
  const cards = Math.floor(promise / BASE) % BASE;
  const served = givers === 0 ? 0 : most;
  return [served, promise >= BASE * BASE ? served : 0, cards, givers];
}

function bitsIn(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
