import { type Binding, reactsTo } from '@vfleet/bus/bus';
import type { Message } from '@vfleet/contracts/envelope';
import { LIVE_EVENTS, type LiveEvent, type LiveEventRow, RESYNC } from '@vfleet/contracts/rest/live-events';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { ChangeHints } from './change-hints.ts';
import { eventIdOf, timeBelieved } from './core/event-order.ts';
import type { EventLog } from './event-log.ts';
import { type Mailbox, mailbox } from './mailbox.ts';

/** A caller that does not read falls this many events behind, then is cut off; it comes back and resumes. */
const FURTHEST_BEHIND = 1000;

/** What this process hears of changes, passed on to waiting requests, to the log and to callers that follow. */
export type LiveEvents = {
  /** What to follow on the bus. */
  bindings: readonly Binding[];
  /** To be called after every subscription: what was said before it went unheard. */
  subscribed(): void;
  /** Resolves when what was heard is logged; for an orderly end. */
  settled(): Promise<void>;
  /** The event that says to read again, and why. */
  resync(reason: string): LiveEvent;
  open(): Mailbox<LiveEvent>;
  close(follower: Mailbox<LiveEvent>): void;
  followers(): number;
};

/**
 * Makes the live events of a process. Where the log has a hole (this process was away, or the store) it is told to
 * read again: a `gateway.resync` stands in the log before the next event.
 */
export function makeLiveEvents({
  eventLog,
  hints,
  clock,
  newId,
  log,
}: {
  eventLog: EventLog;
  hints: ChangeHints;
  clock: Clock;
  newId: () => string;
  log: Log;
}): LiveEvents {
  const followers = new Set<Mailbox<LiveEvent>>();
  const underWay = new Set<Promise<void>>();
  let hole: string | undefined;

  async function tell(event: LiveEvent): Promise<void> {
    try {
      await mendHole();
      await eventLog.append(event);
    } catch (problem) {
      hole = 'events could not be logged';
      log.warn({ problem, event: event.event }, 'an event was not logged; who resumes across it is told to read again');
    }
    for (const follower of followers) follower.put(event);
  }

  async function mendHole(): Promise<void> {
    if (hole === undefined) return;
    await eventLog.append(resync(hole));
    hole = undefined;
  }

  function resync(reason: string): LiveEvent {
    const id = eventIdOf(clock.now(), newId());
    const actor = { kind: 'service', name: 'gateway' } as const;
    return { id, event: RESYNC, at: isoNow(clock), version: null, correlation_id: id, actor, data: { reason } };
  }

  function track(work: Promise<void>): Promise<void> {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  }

  return {
    bindings: LIVE_EVENTS.map((row) =>
      reactsTo(row.contract, (message) => {
        hints.changed(row.contract.keyOf(message.payload));
        return track(tell(liveEventOf(row, message, clock.now())));
      }),
    ),
    subscribed() {
      hints.anythingChanged();
      void track(tell(resync('the gateway was not connected')));
    },
    settled: async () => {
      await Promise.all(underWay);
    },
    resync,
    open() {
      const follower = mailbox<LiveEvent>({ clock, limit: FURTHEST_BEHIND });
      followers.add(follower);
      return follower;
    },
    close: (follower) => void followers.delete(follower),
    followers: () => followers.size,
  };
}

function liveEventOf({ contract, toData }: LiveEventRow, message: Message<unknown>, now: number): LiveEvent {
  const at = timeBelieved(Date.parse(message.sentAt), now);
  return {
    id: eventIdOf(at, message.id),
    event: contract.name,
    at: new Date(at).toISOString(),
    version: message.version ?? null,
    correlation_id: message.correlationId,
    actor: message.actor,
    data: toData(message.payload),
  };
}
