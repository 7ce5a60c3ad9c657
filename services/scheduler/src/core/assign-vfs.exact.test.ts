import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bruteForce, scoreOfAddresses } from '../testing/brute-force.ts';
import { anyDemand, anyHost, type Size } from '../testing/random-matching.ts';
import { assignVfs } from './assign-vfs.ts';
import { assignWideHost } from './assign-wide-host.ts';
import { capacityOf, newShapes } from './host-capacity.ts';
import { pciAddressAt } from './pci-rank.ts';
import { compareScores } from './placing.ts';
import { shapeViewOf } from './shape-view.ts';

/** Many PFs with few VFs, and few PFs with more: both are tried in full within a few thousand assignments. */
const SIZES: Size[] = [
  { pfs: 2, vfs: 4, vnics: 4 },
  { pfs: 3, vfs: 3, vnics: 4 },
  { pfs: 5, vfs: 1, vnics: 5 },
  { pfs: 4, vfs: 2, vnics: 4 },
];
const RUNS = 1500;

it.each(SIZES)('the very assignment that trying all of them finds: %o', (size) => {
  let fits = 0;
  fc.assert(
    fc.property(anyHost('h', size), anyDemand('h', size), (facts, demand) => {
      const fit = assignVfs(capacityOf(facts, newShapes()), demand);
      const best = bruteForce(facts, demand);
      if (best) fits += 1;
      expect(fit?.score).toEqual(best?.score);
      expect(fit?.assignments.map(({ vf }) => vf?.pciAddress ?? null)).toEqual(best?.addresses);
    }),
    { numRuns: RUNS },
  );
  expect(fits).toBeGreaterThan(RUNS / 10);
});

it.each(SIZES)('a wide host: what is promised to be exact is, and the rest is an assignment: %o', (size) => {
  fc.assert(
    fc.property(anyHost('h', size), anyDemand('h', size), (facts, demand) => {
      const host = capacityOf(facts, newShapes());
      const fit = assignWideHost(host, shapeViewOf(host.shape, demand), demand);
      const best = bruteForce(facts, demand);
      const exact = demand.policy === 'spread' ? 4 : demand.policy === 'pack' ? 3 : 2;
      expect(fit?.score.slice(0, exact)).toEqual(best?.score.slice(0, exact));
      if (fit === undefined) return;
      const addresses = fit.choices.map((vf) => (vf === null ? null : pciAddressAt(vf.rank)));
      expect(scoreOfAddresses(facts, demand, addresses)).toEqual(fit.score);
    }),
    { numRuns: RUNS },
  );
});

it('at real sizes: never less than the wide decision, and the same where both are exact', () => {
  const size = { pfs: 8, vfs: 32, vnics: 24 };
  fc.assert(
    fc.property(anyHost('h', size), anyDemand('h', size), (facts, demand) => {
      const host = capacityOf(facts, newShapes());
      const fit = assignVfs(host, demand);
      const wide = assignWideHost(host, shapeViewOf(host.shape, demand), demand);
      expect(fit === undefined).toBe(wide === undefined);
      if (fit === undefined || wide === undefined) return;
      expect(compareScores(fit.score, wide.score)).toBeLessThanOrEqual(0);
      const exact = demand.policy === 'spread' ? 4 : demand.policy === 'pack' ? 3 : 2;
      expect(fit.score.slice(0, exact)).toEqual(wide.score.slice(0, exact));
    }),
    { numRuns: 300 },
  );
});
