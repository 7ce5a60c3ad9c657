import { type HostShape, inScope } from './host-capacity.ts';
import { shapeServes } from './serving-rules.ts';
import type { NetworkNeed, VfDemand, VfWish } from './vf-demand.ts';

/**
 * A vNIC on hosts of one shape: the PFs (by index) that can serve it while they have free VFs. A preferred one must
 * have a VF where its network is not: nothing else would do there.
 */
export type WishView = { wish: VfWish; must: boolean; pfs: readonly number[] };

/** What a demand comes to on every host of one shape. */
export type ShapeView = { missing: readonly NetworkNeed[]; wishes: readonly WishView[] };

/** A function that answers the view of a shape, worked out once for each shape it is asked for. */
export function shapeViews(demand: VfDemand): (shape: HostShape & { id: number }) => ShapeView {
  const known = new Map<number, ShapeView>();
  return (shape) => {
    const view = known.get(shape.id) ?? shapeViewOf(shape, demand);
    known.set(shape.id, view);
    return view;
  };
}

/** What the demand comes to on hosts of the shape. */
export function shapeViewOf({ attached, pfs }: HostShape, demand: VfDemand): ShapeView {
  return {
    missing: demand.networks.filter(({ network }) => !inScope(attached, network)),
    wishes: demand.wishes.map((wish) => ({
      wish,
      must: wish.must || !inScope(attached, wish.network),
      pfs: [...pfs.keys()].filter((index) => {
        const pf = pfs[index];
        return pf !== undefined && shapeServes(pf, wish);
      }),
    })),
  };
}
