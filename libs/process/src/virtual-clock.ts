import type { Clock } from './clock.ts';

export type VirtualClock = Clock & {
  /**
   * Moves time on by `ms`, waking every sleeper on the way in the order of its time, and letting each run on. Throws when
   * there is no end of sleepers at one moment: what sleeps for no time again and again.
   */
  advance(ms: number): Promise<void>;
  /** Moves time on and wakes nobody until the next `advance`: what a stopped process sees when it goes on. */
  jump(ms: number): void;
  /** Sleepers that wait now. */
  sleepers(): number;
};

const MOST_AT_ONCE = 20_000;

type Sleeper = { at: number; order: number; wake: () => void };

/** A clock that stands still until a test moves it. */
export function virtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
  let now = start;
  let order = 0;
  const sleepers = new Set<Sleeper>();

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    let wokenNow = 0;
    await settle();
    for (;;) {
      const next = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next) break;
      wokenNow = next.at > now ? 0 : wokenNow + 1;
      if (wokenNow > MOST_AT_ONCE) throw new Error(`more than ${MOST_AT_ONCE} sleepers woke at one moment`);
      now = Math.max(now, next.at);
      sleepers.delete(next);
      next.wake();
      await settle();
    }
    now = end;
  }

  return {
    now: () => now,
    advance,
    jump: (ms) => {
      now += ms;
    },
    sleepers: () => sleepers.size,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const sleeper: Sleeper = { at: now + ms, order: order++, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
}

/** Lets everything that is ready run: promise chains, and one turn of the event loop for immediates and finished I/O. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
