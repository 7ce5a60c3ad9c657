import { MOST_PFS } from './assign-vfs.ts';
import { assignWideHost } from './assign-wide-host.ts';
import { bestScore } from './best-score.ts';
import type { HostCapacity } from './host-capacity.ts';
import type { Score, VnicKind } from './placing.ts';
import { placingOnShape } from './placing-on-host.ts';
import { shapeViewOf } from './shape-view.ts';
import { givingPfs } from './slot-ranks.ts';
import type { VfDemand } from './vf-demand.ts';

/** A host that no vNIC is pinned to, how many VFs of its PFs are free, and the vNICs without pins. */
export type Scored = { host: HostCapacity; free: readonly number[]; kinds: readonly VnicKind[] };

/**
 * A function that answers the score of such a host, undefined when it does not fit. Whether it fits, and all of
 * `anti-affinity`, is the same for PFs with as many free VFs as the VM has vNICs and for PFs with more, so it is worked
 * out once for all of these.
 */
export function groupScores(demand: VfDemand): (scored: Scored) => Score | undefined {
  const known = new Map<string, Score | undefined>();
  return (scored) => {
    let key = `${scored.host.shape.id}`;
    for (const free of scored.free) key += `,${Math.min(free, demand.wishes.length)}`;
    if (known.has(key)) return known.get(key);
    const score = scoreOf(scored, demand);
    if (score === undefined || demand.policy === 'anti-affinity') known.set(key, score);
    return score;
  };
}

function scoreOf({ host, free, kinds }: Scored, demand: VfDemand): Score | undefined {
  const placing = placingOnShape(host.shape, kinds, demand, free);
  return givingPfs(placing).length > MOST_PFS
    ? assignWideHost(host, shapeViewOf(host.shape, demand), demand)?.score
    : bestScore(placing);
}
