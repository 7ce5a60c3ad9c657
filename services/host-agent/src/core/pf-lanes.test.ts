import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { pfLanes } from './pf-lanes.ts';
import type { VmStep } from './vm-step.ts';

const up = (pf: number): VmStep => ({ kind: 'pf-up', pfAddress: `0000:0${pf}:00.0` });
const bind = (pf: number, vf: number): VmStep => ({
  kind: 'bind',
  vf: { pciAddress: `0000:0${pf}:10.${vf}`, pfAddress: `0000:0${pf}:00.0` },
  to: 'vfio-pci',
  deadlineMs: 1,
});
const barrier = (deadlineMs: number): VmStep => ({ kind: 'resume', deadlineMs });

const pfOf = (step: VmStep) => ('vf' in step ? step.vf.pfAddress : 'pfAddress' in step ? step.pfAddress : null);

it('gives every PF a lane, and every other step a stage', () => {
  const [a, b, first, last] = [up(1), up(2), barrier(1), barrier(2)];
  const [a0, b0, a1] = [bind(1, 0), bind(2, 0), bind(1, 1)];
  expect(pfLanes([first, a, b, a0, b0, a1, last, a1])).toEqual([
    [[first]],
    [
      [a, a0, a1],
      [b, b0],
    ],
    [[last]],
    [[a1]],
  ]);
});

it('loses nothing and lets no step overtake another of its PF or one without a PF', () => {
  const step = fc.oneof(
    fc.nat(3).map(up),
    fc.tuple(fc.nat(3), fc.nat(7)).map(([pf, vf]) => bind(pf, vf)),
    fc.nat(9).map(barrier),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const stageOf = new Map(pfLanes(steps).flatMap((lanes, at) => lanes.flat().map((each) => [each, at] as const)));
      expect(stageOf.size).toBe(new Set(steps).size);
      for (const [index, earlier] of steps.entries()) {
        for (const later of steps.slice(index + 1)) {
          const [before, after] = [stageOf.get(earlier) as number, stageOf.get(later) as number];
          expect(before).toBeLessThanOrEqual(after);
          if (earlier.kind === 'resume' || later.kind === 'resume') expect(before).toBeLessThan(after);
        }
      }
      for (const lane of pfLanes(steps).flat()) {
        const places = lane.map((each) => steps.indexOf(each));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(new Set(lane.map(pfOf)).size).toBe(1);
      }
    }),
  );
});
