import type { Placement, PlacementState } from './placement.ts';

/** Enters a state: its steps are other steps than all before, so that no late answer is taken for theirs. */
export function enterState(
  placement: Placement,
  state: PlacementState,
  { now, ...change }: { now: string } & Partial<Placement>,
): Placement {
  return { ...placement, ...change, state, since: now, step: placement.step + 1 };
}
