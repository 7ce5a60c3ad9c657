import type { Placement } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';

/**
 * A placement as it is put by who drives it on from here: left alone with it `until` then, when it is looked at. One that
 * waits for nothing is looked at `later`, while something is left on other hosts.
 */
export function leased(
  placement: Placement,
  { by, until, later }: { by: string; until: string; later: string },
): Placement {
  if (PLACEMENT_TABLE[placement.state].steps.length > 0) return { ...placement, lease: { by, until }, wakeAt: until };
  return { ...placement, lease: null, wakeAt: placement.leaving.length > 0 ? later : null };
}

/** Whether nobody else drives a placement: a lease of another process counts until it ended before `latest`. */
export function isFree(
  { lease }: Pick<Placement, 'lease'>,
  { process, latest }: { process: string; latest: string },
): boolean {
  return lease === null || lease.by.startsWith(process) || lease.until <= latest;
}
