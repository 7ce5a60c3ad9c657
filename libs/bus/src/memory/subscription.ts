import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { within } from '../alarm.ts';
import type { Binding } from '../bus.ts';
import { type GiveUp, receiver } from '../delivery.ts';
import type { Patience } from '../patience.ts';
import type { Consumption, MemoryQueue } from './queue.ts';

export type MemorySettings = {
  patience: Patience;
  /** Messages a subscription takes at a time, beyond those it holds. */
  prefetch: number;
  /** How long `close` waits for running handlers. */
  closeTimeoutMs: number;
};

export type MemorySubscription = {
  /** Consumes the queue, again after `lose`. */
  place(): void;
  /** Lets go of the queue with everything unacked, as at the death of the broker. */
  lose(): void;
  /** Ends for good at once, as at the death of the process. */
  drop(): void;
  close(): Promise<void>;
};

/** One consumer of one queue. Its receiver outlives a loss, so that a key stays with one handler across it. */
export function subscribe({
  bindings,
  giveUp,
  enter,
  subscribed,
  lost,
  clock,
  log,
  settings: { patience, prefetch, closeTimeoutMs },
}: {
  bindings: readonly Binding[];
  giveUp: GiveUp;
  enter: () => { queue: MemoryQueue; remove?: () => void };
  subscribed?: (() => void) | undefined;
  lost?: (() => void) | undefined;
  clock: Clock;
  log: Log;
  settings: MemorySettings;
}): MemorySubscription {
  let place: { consumption: Consumption; leave: () => void } | null = null;
  const onHeld = () => place?.consumption.widened();
  const receiving = receiver({ bindings, giveUp, clock, log, patience, onHeld });

  function consume(): void {
    const gone = new AbortController();
    const { queue, remove } = enter();
    const consumption = queue.consume({
      window: () => prefetch + receiving.held(),
      take(parcel) {
        const { id, body, key, returns, reply } = parcel;
        receiving.take({
          id,
          body,
          bytes: Buffer.byteLength(body),
          key,
          redelivered: returns > 0,
          lost: gone.signal,
          ack: () => consumption.ack(parcel),
          reply: reply && (async (answer) => (gone.signal.aborted ? undefined : reply(answer))),
        });
      },
    });
    function leave(): void {
      gone.abort();
      remove?.();
      consumption.leave();
    }
    place = { consumption, leave };
    subscribed?.();
  }

  function release(): void {
    place?.leave();
    place = null;
  }

  consume();
  return {
    place: consume,
    lose() {
      release();
      lost?.();
    },
    drop() {
      void receiving.stop();
      release();
    },
    async close() {
      place?.consumption.cancel();
      if ((await within(clock, closeTimeoutMs, receiving.stop())) === 'too-late') {
        log.warn({ closeTimeoutMs }, 'closed over a running handler');
      }
      release();
    },
  };
}
