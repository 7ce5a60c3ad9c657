import type { PfState } from './host.ts';
import type { Stop, Walking } from './walk.ts';

/** How waiting for a PF ended; `late` shows the PF as it was found at the deadline. */
export type AwaitedPf =
  | { kind: 'reached' }
  | { kind: 'late'; pf: PfState }
  | { kind: 'missing' }
  | { kind: 'stopped'; by: Stop };

/**
 * Looks at a PF again and again until `remaining` is 0 or less, for at most `limitMs`. Tells what `shows` makes of it,
 * at most once in `progressMs` and when the end is reached.
 */
export async function awaitPf(
  walking: Walking,
  limitMs: number,
  { remaining, shows }: { remaining: (pf: PfState) => number; shows: (pf: PfState) => void },
): Promise<AwaitedPf> {
  const { address, host, clock, settings } = walking;
  const end = clock.now() + limitMs;
  let toldAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const pf = await host.lookAtPf(address);
    if (!pf) return { kind: 'missing' };
    const isReached = remaining(pf) <= 0;
    if (isReached || clock.now() - toldAt >= settings.progressMs) {
      toldAt = clock.now();
      shows(pf);
    }
    if (isReached) return { kind: 'reached' };
    const stop = walking.stopped();
    if (stop) return { kind: 'stopped', by: stop };
    if (clock.now() >= end) return { kind: 'late', pf };
    await clock.sleep(settings.pollMs);
  }
}
