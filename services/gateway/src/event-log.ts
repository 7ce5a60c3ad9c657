import { LiveEvent } from '@vfleet/contracts/rest/live-events';
import type { Collection, Documents } from '@vfleet/documents/documents';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { z } from 'zod';
import { type Arrival, eventIdOf, mayBeMissed, searchFrom, timeOfEvent } from './core/event-order.ts';

const PAGE = 500;

const LoggedEvent = z.object({ event: LiveEvent, arrivedAt: z.int(), gateway: z.string() });
type LoggedEvent = z.infer<typeof LoggedEvent>;

/** What happened in the last day, for callers that come back; every gateway logs what it hears. */
export const eventLog: Collection<LoggedEvent> = { name: 'event-log', schema: LoggedEvent, schemaVersion: 1, keys: {} };

export type EventLog = {
  /** Logs an event unless another gateway has; durable on return. */
  append(event: LiveEvent): Promise<void>;
  /** What a caller may have missed who saw `lastId` last, oldest first; undefined when the log does not know that event. */
  since(lastId: string): Promise<AsyncIterable<LiveEvent> | undefined>;
  /** Forgets events that became true before `before`, in milliseconds since the epoch. */
  forget(before: number): Promise<void>;
};

/** Makes the log of a gateway; `gateway` names this process. */
export function makeEventLog({
  documents,
  clock,
  gateway,
}: {
  documents: Documents<LoggedEvent>;
  clock: Clock;
  gateway: string;
}): EventLog {
  let lastArrival = 0;
  let writing: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;

  /**
   * Resolves when the write under way has ended, for all who wait for it at once: their writes share one. Each by itself
   * would stand in the store before the puts that callers wait for.
   */
  function myTurn(): Promise<void> {
    next ??= writing.then(() => {
      next = undefined;
    });
    return next;
  }

  return {
    async append(event) {
      lastArrival = Math.max(clock.now(), lastArrival + 1);
      const body = { event, arrivedAt: lastArrival, gateway };
      await myTurn();
      const written = documents.put({ id: event.id, expectedVersion: 0, body, answers: [], unpublished: [] });
      writing = Promise.allSettled([writing, written]);
      await written;
    },
    async since(lastId) {
      const at = timeOfEvent(lastId);
      const last = at === undefined ? undefined : await documents.get(lastId);
      return at === undefined || !last ? undefined : missed({ id: last.id, ...last.body }, searchFrom(at));
    },
    async forget(before) {
      const end = eventIdOf(before, '');
      for (;;) {
        const oldest = await documents.list({ limit: PAGE });
        const old = oldest.filter(({ id }) => id < end);
        const at = isoNow(clock);
        const removals = old.map(({ id, version }) => ({
          id,
          expectedVersion: version,
          answers: [],
          unpublished: [],
          at,
        }));
        await Promise.all(removals.map((removal) => documents.remove(removal)));
        if (old.length < PAGE) break;
      }
      await documents.purgeTombstones(isoNow(clock));
    },
  };

  async function* missed(last: Arrival, from: string): AsyncIterable<LiveEvent> {
    let after = from;
    for (;;) {
      const page = await documents.list({ limit: PAGE, after });
      for (const { id, body } of page) if (mayBeMissed(last, { id, ...body })) yield body.event;
      const end = page.at(-1);
      if (!end || page.length < PAGE) return;
      after = end.id;
    }
  }
}
