import { addNote } from '../end-operation.ts';
import type { HappeningOf } from '../happening.ts';
import type { Placement } from '../placement.ts';

/**
 * The state is not over: its step is told again when the placement is looked at again. As another step: a host answers
 * the same one as it did before.
 */
export function tryAgain(placement: Placement, { failure }: HappeningOf<'host-failed'>): Placement {
  return addNote({ ...placement, step: placement.step + 1 }, failure.cause);
}
