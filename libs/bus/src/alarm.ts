import type { Clock } from '@vfleet/process/clock';

/** Calls `ring` once after `ms`, unless the answered function is called before. */
export function alarm(clock: Clock, ms: number, ring: () => void): () => void {
  const off = new AbortController();
  clock.sleep(ms, off.signal).then(ring, () => undefined);
  return () => off.abort();
}

/** Resolves when the work has ended or `ms` have passed, whichever is first; tells which. Rejects as the work does. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<'ended' | 'too-late'> {
  let off: () => void = () => undefined;
  const late = new Promise<'too-late'>((resolve) => {
    off = alarm(clock, ms, () => resolve('too-late'));
  });
  try {
    return await Promise.race([work.then(() => 'ended' as const), late]);
  } finally {
    off();
  }
}
