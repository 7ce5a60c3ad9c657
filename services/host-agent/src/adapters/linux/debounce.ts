import type { Clock } from '@vfleet/process/clock';

/**
 * Turns many signals into few calls: `act` is called when `quietMs` have passed without a signal, and at the latest
 * `atMostMs` after the first. After `stop` it is not called any more.
 */
export function debounce(
  act: () => void,
  { quietMs, atMostMs, clock }: { quietMs: number; atMostMs: number; clock: Clock },
): { signal(): void; stop(): void } {
  const stopped = new AbortController();
  let lastAt: number | undefined;

  const waitForQuiet = async () => {
    const end = clock.now() + atMostMs;
    while (lastAt !== undefined) {
      const due = Math.min(lastAt + quietMs, end);
      if (clock.now() >= due) break;
      await clock.sleep(due - clock.now(), stopped.signal);
    }
    lastAt = undefined;
    act();
  };

  return {
    signal: () => {
      const waiting = lastAt !== undefined;
      lastAt = clock.now();
      if (waiting || stopped.signal.aborted) return;
      waitForQuiet().catch((error) => {
        if (!stopped.signal.aborted) throw error;
      });
    },
    stop: () => stopped.abort(),
  };
}
