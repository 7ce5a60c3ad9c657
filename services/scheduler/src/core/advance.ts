import type { Happening } from './happening.ts';
import type { Placement } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';
import { TRANSITIONS, type Transition } from './transitions.ts';

/**
 * What a happening makes of a placement, by the table; undefined when it says nothing there. Pure: whoever finds the
 * placement changed asks again. A happening that no step of the state can make is a fault.
 */
export function advance(placement: Placement, happening: Happening, given: { now: string }): Placement | undefined {
  const { on } = PLACEMENT_TABLE[placement.state];
  const told = isDeath(happening) && on['vm-gone'] === 'end-with-vm' ? ({ kind: 'vm-gone' } as const) : happening;
  const cell = on[told.kind];
  switch (cell) {
    case 'nothing':
      return undefined;
    case 'never':
      throw new Error(`${told.kind} cannot happen to a placement that is ${placement.state}`);
    default:
      return (TRANSITIONS[cell] as Transition)(placement, told, given);
  }
}

/** Whether a happening has left a placement in its state, to be tried again later. */
export function staysAt(before: Placement, after: Placement): boolean {
  return before.state === after.state && before.since === after.since && before.operation?.id === after.operation?.id;
}

/** A step that failed because the VM is not there any more. */
function isDeath(happening: Happening): boolean {
  return happening.kind === 'host-failed' && happening.domain === 'gone';
}
