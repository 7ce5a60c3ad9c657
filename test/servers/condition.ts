import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `holds` answers true. Throws naming `what` when it does not in time, and at once what `holds` throws. */
export async function until(
  holds: () => Promise<boolean>,
  { what, withinMs, everyMs = 50 }: { what: string; withinMs: number; everyMs?: number },
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await delay(everyMs);
  }
}
