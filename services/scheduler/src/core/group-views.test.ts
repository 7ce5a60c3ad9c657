import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDemand, anyHost } from '../testing/random-matching.ts';
import { sampleDemand, sampleWish } from '../testing/sample-demand.ts';
import { only, sampleHost, samplePf } from '../testing/sample-host.ts';
import { groupViews } from './group-views.ts';
import { capacityOf, newShapes } from './host-capacity.ts';
import type { HostFacts } from './host-facts.ts';
import type { VnicKind } from './placing.ts';
import { kindsOf } from './placing-on-host.ts';
import { shapeViewOf } from './shape-view.ts';
import type { VfDemand } from './vf-demand.ts';

const SIZE = { pfs: 4, vfs: 1, vnics: 6 };
const NETWORKS = Array.from({ length: 70 }, (_, n) => `net${n}`);

/** What the views tell, and what looking at each vNIC and PF tells. */
function compared(facts: readonly HostFacts[], demand: VfDemand) {
  const shapes = newShapes();
  const views = groupViews(demand);
  return facts.map((each) => {
    const { shape } = capacityOf(each, shapes);
    const { missing, wishes } = shapeViewOf(shape, demand);
    const isLost = wishes.some(({ wish, must, pfs }) => must && (wish.pin !== null || pfs.length === 0));
    const able = shape.pfs.map((_, pf) => wishes.some(({ pfs }) => pfs.includes(pf)));
    const kinds = kindsOf(wishes);
    const isHopeless = missing.length > 0 || isLost;
    const view = views.viewOf(shape);
    return {
      told: {
        isHopeless: views.isHopeless(shape),
        able: shape.pfs.map(views.isAble),
        kinds: view && sorted(view.kinds),
      },
      seen: { isHopeless, able, kinds: isHopeless ? undefined : sorted(kinds) },
    };
  });
}

const sorted = (kinds: readonly VnicKind[]) => kinds.map((kind) => JSON.stringify(kind)).sort();

describe('what a demand comes to on a shape', () => {
  it('is what looking at each vNIC and each PF comes to, however many shapes were looked at before', () => {
    const hosts = fc.array(anyHost('h', SIZE), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(hosts, anyDemand('another', SIZE), (facts, demand) => {
        for (const { told, seen } of compared(facts, demand)) expect(told).toEqual(seen);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([30, 31, 32, 62, 63, 70])('is so for a VM on %i networks', (count) => {
    const wanted = NETWORKS.slice(0, count);
    const demand = sampleDemand(wanted.map((network) => sampleWish(`nic-${network}`, network)));
    const all = sampleHost('all', [samplePf(1, 1, { allowed: only(...wanted.slice(0, 20)) }), samplePf(2, 1)]);
    const without = wanted.map((network) =>
      sampleHost(`without-${network}`, [
        samplePf(1, 1, { allowed: only(...wanted.filter((other) => other !== network)) }),
      ]),
    );
    const [fits, ...others] = compared([all, ...without], demand).map(({ told, seen }) => [told, seen]);
    expect(fits?.[0]).toEqual(fits?.[1]);
    expect(fits?.[0]?.isHopeless).toBe(false);
    for (const [told, seen] of others) {
      expect(told?.isHopeless).toBe(true);
      expect(told).toEqual(seen);
    }
  });
});
