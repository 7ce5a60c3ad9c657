import type { VfDemand } from './vf-demand.ts';

/**
 * A PF to take VFs of. Of its `free` VFs, `taken` are given out already, and `wished` are each pinned by a vNIC that is
 * not decided yet and can do without. `card` is equal for the ports of one card; `near` is on the VM's NUMA node.
 */
export type PfRoom = { free: number; taken: number; wished: number; near: boolean; card: number };

/** vNICs without a pin that the same PFs (by index) can serve: how many must have a VF, and how many may. */
export type VnicKind = { pfs: readonly number[]; must: number; may: number };

/** What is to be decided on one host: VFs of one PF differ in nothing here. */
export type Placing = { policy: VfDemand['policy']; pfs: readonly PfRoom[]; kinds: readonly VnicKind[] };

/**
 * How good the best assignment of a host is; the first difference decides and more is better: vNICs with a VF, of
 * these on the VM's NUMA node, and two numbers of the policy (docs/domain.md, Scheduling):
 * `pack` fewest free VFs left on the host, then these on as few PFs as can be (greatest sum of squares);
 * `spread` most free VFs left on the host, then these as even over the PFs as can be (least sum of squares);
 * `anti-affinity` most cards, then most PFs that give a VF.
 * To a single vNIC `pack` is so the PF with the fewest free VFs and `spread` the one with the most.
 */
export type Score = readonly [served: number, near: number, policyFirst: number, policyThen: number];

/** Below 0 when the first score is the better one, as sorting wants it. */
export function compareScores(one: Score, other: Score): number {
  for (let index = 0; index < one.length; index += 1) {
    const value = one[index] as number;
    const against = other[index] as number;
    if (value !== against) return value > against ? -1 : 1;
  }
  return 0;
}

/** The score of VFs taken: `loads` are how many each PF gives in the end. */
export function scoreOfLoads({ policy, pfs }: Placing, loads: readonly number[]): Score {
  let [served, near, left, squares] = [0, 0, 0, 0];
  const cards = new Set<number>();
  let givers = 0;
  for (const [index, pf] of pfs.entries()) {
    const load = loads[index] as number;
    served += load;
    if (pf.near) near += load;
    left += pf.free - load;
    squares += (pf.free - load) ** 2;
    if (load === 0) continue;
    givers += 1;
    cards.add(pf.card);
  }
  switch (policy) {
    case 'pack':
      return [served, near, -left, squares];
    case 'spread':
      return [served, near, left, -squares];
    case 'anti-affinity':
      return [served, near, cards.size, givers];
    default:
      return policy satisfies never;
  }
}
