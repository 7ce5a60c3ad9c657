import type { Clock } from '@vfleet/process/clock';
import { within } from './alarm.ts';

/** Somebody who waits for answers about `ids` to asks later than number `since`. */
type Waiter = { ids: Set<string>; since: number; done: () => void; fail: (problem: Error) => void };

/** Those who wait for an owner's answers about entities. Of asks by ids one runs at a time, told of by its beginning and end. */
export type AnswerWaiters = {
  begins(ids: readonly string[]): void;
  ends(outcome: 'answered' | 'failed'): void;
  /** Whether the ask that runs now is about this entity. */
  isAsked(id: string): boolean;
  /**
   * Resolves when every one of these entities was answered about. `fresh`: by asks that begin after this call; the one
   * that runs now may have been answered before it. Throws when that takes longer than `withinMs`, and on `close`.
   */
  answers(ids: readonly string[], wait: { fresh: boolean; withinMs: number }): Promise<void>;
  close(): void;
};

/** `what` names the question in errors. */
export function answerWaiters(what: string, clock: Clock): AnswerWaiters {
  const waiters = new Set<Waiter>();
  let asked: ReadonlySet<string> = new Set();
  let asks = 0;
  let isClosed = false;
  const closed = () => new Error(`${what}: its follower is closed`);

  return {
    begins(ids) {
      asks++;
      asked = new Set(ids);
    },
    ends(outcome) {
      const answered = outcome === 'answered' ? asked : new Set<string>();
      asked = new Set();
      for (const { ids, since, done } of waiters) {
        if (since >= asks) continue;
        for (const id of answered) ids.delete(id);
        if (ids.size === 0) done();
      }
    },
    isAsked: (id) => asked.has(id),
    async answers(ids, { fresh, withinMs }) {
      if (isClosed) throw closed();
      const { promise, resolve: done, reject: fail } = Promise.withResolvers<void>();
      const waiter = { ids: new Set(ids), since: fresh ? asks : asks - 1, done, fail };
      waiters.add(waiter);
      try {
        if ((await within(clock, withinMs, promise)) === 'ended') return;
        throw new Error(`${what}: no answer about ${waiter.ids.size} entities within ${withinMs} ms`);
      } finally {
        waiters.delete(waiter);
      }
    },
    close() {
      isClosed = true;
      for (const { fail } of waiters) fail(closed());
    },
  };
}
