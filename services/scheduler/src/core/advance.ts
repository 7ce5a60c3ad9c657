import type { Happening } from './happening.ts';
import type { Placement } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';
import { TRANSITIONS } from './transitions.ts';

/**
 * What a happening makes of a placement, by the table; undefined when it says nothing there. Pure: whoever finds the
 * placement changed asks again. A happening that no step of the state can make is a fault.
 */
export function advance(placement: Placement, happening: Happening, given: { now: string }): Placement | undefined {
  const transition = PLACEMENT_TABLE[placement.state].on[happening.kind];
  if (transition === 'nothing') return undefined;
  if (transition === 'never')
    throw new Error(`${happening.kind} cannot happen to a placement that is ${placement.state}`);
  if (transition === 'stay') return { ...placement, step: placement.step + 1 };
  const transit = TRANSITIONS[transition];
  if (!transit) throw new Error(`${transition} is not known`);
  return transit(placement, happening as never, given);
}

/** Whether it goes on being awaited, by the same steps told as others: what failed is not tried again at once. */
export function staysAt({ state }: Placement, { kind }: Happening): boolean {
  return PLACEMENT_TABLE[state].on[kind] === 'stay';
}
