import { setTimeout as delay } from 'node:timers/promises';

/** Time as an argument: production takes the system's, tests a virtual one. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

/** The machine's clock. Its sleeps do not keep a process alive by themselves when `unref` is true. */
export function systemClock({ unref = false }: { unref?: boolean } = {}): Clock {
  return {
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      try {
        await delay(ms, undefined, { ref: !unref, ...(signal ? { signal } : {}) });
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      }
    },
  };
}

/** The clock's time as an ISO 8601 text. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
