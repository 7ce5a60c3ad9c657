import { setImmediate as turn } from 'node:timers/promises';

/**
 * For tests: lets the event loop turn until a condition holds. Throws when it has not after 20 s of real time, far more
 * than a busy machine needs: a loop without end would go on beside all tests after its own, and before the first test of
 * a file nothing else ends it.
 */
export async function turnsUntil(
  condition: () => boolean | Promise<boolean>,
  { limitMs = 20_000 }: { limitMs?: number } = {},
): Promise<void> {
  const over = AbortSignal.timeout(limitMs);
  while (!(await condition())) {
    if (over.aborted) throw new Error(`the condition did not come within ${limitMs / 1000} s`);
    await turn();
  }
}
