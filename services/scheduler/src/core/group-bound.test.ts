import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDemand, anyHost } from '../testing/random-matching.ts';
import { sampleDemand, sampleWish } from '../testing/sample-demand.ts';
import { assignVfs } from './assign-vfs.ts';
import { boundOfGroup, boundOfTotal, totalsInOrder } from './group-bound.ts';
import { groupViews } from './group-views.ts';
import { capacityOf, newShapes } from './host-capacity.ts';
import { compareScores } from './placing.ts';
import { shapesByPromise } from './shapes-by-promise.ts';

const SIZE = { pfs: 4, vfs: 4, vnics: 5 };

describe('what a host can reach at most', () => {
  it('is never less than what it reaches, by its shape, its free VFs or both', () => {
    fc.assert(
      fc.property(anyHost('h', SIZE), anyDemand('another', SIZE), (facts, demand) => {
        const host = capacityOf(facts, newShapes());
        const fit = assignVfs(host, demand);
        if (fit === undefined) return;
        const views = groupViews(demand);
        const view = views.viewOf(host.shape);
        const counts = { shape: host.shape, free: host.pfs.map(({ free }) => free), total: host.free.length };
        const [promising] = shapesByPromise([{ shape: host.shape, hosts: [host] }], views, demand);
        const rough = demand.policy === 'anti-affinity' ? [promising?.bound] : [];
        const bounds = [
          boundOfTotal(counts.total, demand),
          view?.bound,
          view && boundOfGroup(view, counts, demand),
          ...rough,
        ];
        for (const bound of bounds) expect(bound && compareScores(bound, fit.score)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['pack', 'spread', 'anti-affinity'] as const)('never rises on the way through the totals: %s', (policy) => {
    const wishes = [1, 2, 3].map((nic) => sampleWish(`nic${nic}`, 'red'));
    const demand = sampleDemand(wishes, { policy, numaNode: 0 });
    const bounds = totalsInOrder([0, 1, 2, 3, 4, 9], demand).map((total) => boundOfTotal(total, demand));
    expect(bounds).toEqual(bounds.toSorted(compareScores));
  });
});
