import type { Bus } from '@vfleet/bus/bus';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { LiveEvents } from './live-events.ts';
import { subscribeWhenPossible, type WhenPossible } from './subscribe-when-possible.ts';

/** The one subscription of a process to everything that changes. */
export type Following = WhenPossible & { following(): boolean };

/** Follows the live events on the bus until the signal aborts; a gateway that does not yet says that it is not ready. */
export function followChanges({
  bus,
  live,
  ...needs
}: {
  bus: Pick<Bus, 'follow'>;
  live: LiveEvents;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): Following {
  let subscribed = false;
  const subscription = subscribeWhenPossible({
    ...needs,
    what: 'changes',
    subscribe: () =>
      bus.follow(live.bindings, () => {
        subscribed = true;
        live.subscribed();
      }),
  });
  return { ...subscription, following: () => subscribed };
}
