import type { Subscription } from '@vfleet/bus/bus';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';

const AGAIN_MS = 1000;

/** A subscription that is there as soon as the broker is. */
export type WhenPossible = {
  /** Ends it. One that the broker has not granted yet is not waited for, but ended when it comes. */
  close(): Promise<void>;
};

/** Subscribes, again and again until it is granted or the signal aborts: a gateway starts without a broker. */
export function subscribeWhenPossible({
  what,
  subscribe,
  clock,
  log,
  signal,
}: {
  what: string;
  subscribe: () => Promise<Subscription>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): WhenPossible {
  let granted = false;
  const subscription = granting();

  async function granting(): Promise<Subscription | undefined> {
    while (!signal.aborted) {
      try {
        const open = await subscribe();
        granted = true;
        return open;
      } catch (problem) {
        log.warn({ problem }, `${what} cannot be heard; trying again`);
        await clock.sleep(AGAIN_MS, signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  return {
    async close() {
      const closed = subscription.then((open) => open?.close());
      if (granted) await closed;
      else closed.catch((problem) => log.warn({ problem }, 'a subscription that came late was not closed'));
    },
  };
}
