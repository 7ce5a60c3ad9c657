import type { VmStep } from './vm-step.ts';

/** Steps that may run side by side with those of other lanes; inside a lane one follows the other. */
export type Lanes = VmStep[][];

/**
 * A plan as stages, each to be ended before the next begins. Steps that touch one PF or its VFs and follow one another
 * are one stage with a lane for each PF, since PFs know nothing of each other and one is set in one command at a time;
 * every other step is a stage of its own. Nothing is left out, and no step comes before one it followed on its PF.
 */
export function pfLanes(steps: readonly VmStep[]): Lanes[] {
  const stages: Lanes[] = [];
  let open: Map<string, VmStep[]> | null = null;
  for (const step of steps) {
    const pf = pfOf(step);
    if (pf === null) {
      open = null;
      stages.push([[step]]);
      continue;
    }
    if (open === null) {
      open = new Map();
      stages.push([]);
    }
    const lane = open.get(pf);
    if (lane) lane.push(step);
    else {
      const first = [step];
      open.set(pf, first);
      stages.at(-1)?.push(first);
    }
  }
  return stages;
}

function pfOf(step: VmStep): string | null {
  switch (step.kind) {
    case 'pf-up':
      return step.pfAddress;
    case 'apply':
    case 'restore':
    case 'bind':
      return step.vf.pfAddress;
    default:
      return null;
  }
}
