import type { Clock } from '@vfleet/process/clock';

/**
 * Whether it is time to tell again: not in the first `everyMs`, then at most once in each. What is over sooner is told
 * by its outcome alone, so that a quick change costs no messages but its report.
 */
export function paceOf(clock: Pick<Clock, 'now'>, everyMs: number): () => boolean {
  let last = clock.now();
  return () => {
    if (clock.now() - last < everyMs) return false;
    last = clock.now();
    return true;
  };
}
