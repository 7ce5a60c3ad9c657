import type { Clock } from '@vfleet/process/clock';

/** Waits for a promise, but not longer than `ms`. Whatever it does later is left alone; its failure in time throws. */
export async function within<Value>(
  clock: Clock,
  ms: number,
  promise: Promise<Value>,
): Promise<{ inTime: true; value: Value } | { inTime: false }> {
  const timer = new AbortController();
  const late = clock.sleep(ms, timer.signal).then(
    () => ({ inTime: false }) as const,
    () => ({ inTime: false }) as const,
  );
  try {
    return await Promise.race([promise.then((value) => ({ inTime: true, value }) as const), late]);
  } finally {
    timer.abort();
  }
}
