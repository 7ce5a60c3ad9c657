import type { Placement } from './placement.ts';

/**
 * Whether a VM is locked by a placement that is no more. `placement` was read after the lock: an intent is there before
 * its lock, and its id is never used again, so what is not there now never will be.
 */
export function isLockLost(
  placement: Pick<Placement, 'placementId' | 'state'> | undefined,
  placementId: string,
): boolean {
  return placement?.placementId !== placementId || placement.state === 'down';
}
