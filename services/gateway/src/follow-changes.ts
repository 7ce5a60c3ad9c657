import type { Bus, Subscription } from '@vfleet/bus/bus';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { LiveEvents } from './live-events.ts';

const AGAIN_MS = 1000;

/** The one subscription of a process to everything that changes. */
export type Following = {
  following(): boolean;
  /** Ends it. One that the broker has not granted yet is not waited for, but ended when it comes. */
  close(): Promise<void>;
};

/**
 * Follows the live events on the bus. A gateway starts without a broker and says that it is not ready; so a
 * subscription that fails is tried again until the signal aborts.
 */
export function followChanges({
  bus,
  live,
  clock,
  log,
  signal,
}: {
  bus: Pick<Bus, 'follow'>;
  live: LiveEvents;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): Following {
  let subscribed = false;
  const subscription = subscribe();

  async function subscribe(): Promise<Subscription | undefined> {
    while (!signal.aborted) {
      try {
        return await bus.follow(live.bindings, () => {
          subscribed = true;
          live.subscribed();
        });
      } catch (problem) {
        log.warn({ problem }, 'changes cannot be followed; trying again');
        await clock.sleep(AGAIN_MS, signal).catch(() => undefined);
      }
    }
    return undefined;
  }

  return {
    following: () => subscribed,
    async close() {
      const closed = subscription.then((open) => open?.close());
      if (subscribed) await closed;
      else closed.catch((problem) => log.warn({ problem }, 'a subscription that came late was not closed'));
    },
  };
}
