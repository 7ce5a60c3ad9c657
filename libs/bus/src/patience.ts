/** How long a message that fails is tried again before it is parked: delays double from first to most, and end at total. */
export type Patience = { firstDelayMs: number; mostDelayMs: number; totalMs: number };

/** A message is held at most 30 s in all (docs/architecture.md), in nine tries. */
export const PATIENCE: Patience = { firstDelayMs: 200, mostDelayMs: 8_000, totalMs: 30_000 };

/** Milliseconds to hold a message that has failed `failures` times, 1 or more; null when patience has ended. */
export function delayAfter(failures: number, { firstDelayMs, mostDelayMs, totalMs }: Patience): number | null {
  let held = 0;
  for (let failure = 1; ; failure++) {
    const delay = Math.min(firstDelayMs * 2 ** (failure - 1), mostDelayMs);
    held += delay;
    if (held > totalMs || delay <= 0) return null;
    if (failure === failures) return delay;
  }
}
