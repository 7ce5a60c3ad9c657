import type { Event } from '@vfleet/contracts/define';
import type { MessageContext } from '@vfleet/contracts/envelope';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Documents, UnpublishedFact } from './documents.ts';

/** Hands a fact to the bus; resolves when it is confirmed. `Bus.publish` is one. */
export type Publish = <Payload>(contract: Event<Payload>, payload: Payload, context: MessageContext) => Promise<void>;

/** What happens to facts between the put that made them true and the write that takes them out of the document. */
export type Publications = {
  /** Starts to publish the facts of a document that was just put. Never throws: what fails waits for the sweep. */
  start(id: string, facts: readonly { fact: UnpublishedFact; contract: Event }[]): void;
  /** The facts of a document that are not known to be published; the next put stores these and saves a clear. */
  outstanding(id: string, unpublished: readonly UnpublishedFact[]): UnpublishedFact[];
  /** Resolves when everything started was confirmed or given up, and what was confirmed is cleared. */
  settled(): Promise<void>;
  /** Waits at most `withinMs` for what is under way, clears, and sets no timer any more. */
  close(withinMs: number): Promise<void>;
};

/**
 * Publishes beside the request path. Confirmed facts are cleared `clearAfterMs` after the first of them, many
 * documents in one write. A crash before that, or a put that was read before it, publishes a fact once more.
 */
export function makePublications(
  documents: Pick<Documents<never>, 'clearPublished'>,
  { publish, clock, log, clearAfterMs }: { publish: Publish; clock: Clock; log: Log; clearAfterMs: number },
): Publications {
  const underWay = new Set<Promise<void>>();
  const confirmed = new Map<string, Set<string>>();
  const stopped = new AbortController();
  let waiting = false;

  function track(work: Promise<void>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  async function publishOne(id: string, { fact, contract }: { fact: UnpublishedFact; contract: Event }): Promise<void> {
    try {
      await publish(contract, fact.payload, contextOf(fact));
    } catch (problem) {
      log.warn({ problem, fact: fact.name, factId: fact.id, document: id }, 'A fact was not published; the sweep will');
      return;
    }
    confirmed.set(id, (confirmed.get(id) ?? new Set()).add(fact.id));
    if (!waiting) void clearLater();
  }

  async function clearLater(): Promise<void> {
    waiting = true;
    try {
      await clock.sleep(clearAfterMs, stopped.signal);
    } catch {
      return; // closing clears by itself
    }
    waiting = false;
    track(clear());
  }

  async function clear(): Promise<void> {
    const ready = [...confirmed];
    confirmed.clear();
    const cleared = await Promise.allSettled(ready.map(([id, factIds]) => documents.clearPublished(id, [...factIds])));
    const failed = cleared.find((outcome) => outcome.status === 'rejected');
    if (failed)
      log.warn({ problem: failed.reason }, 'Published facts were not cleared; the sweep publishes them again');
  }

  async function settled(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
    await clear();
  }

  return {
    start: (id, facts) => {
      for (const each of facts) track(publishOne(id, each));
    },
    outstanding: (id, unpublished) => unpublished.filter((fact) => !confirmed.get(id)?.has(fact.id)),
    settled,
    close: async (withinMs) => {
      stopped.abort();
      const enough = new AbortController();
      const patience = clock.sleep(withinMs, enough.signal).catch(() => undefined);
      await Promise.race([Promise.all(underWay), patience]);
      enough.abort();
      await clear();
    },
  };
}

/** The envelope of a fact: the same for every time it is published, so that consumers know it again. */
export function contextOf(fact: UnpublishedFact): MessageContext {
  const { id, correlationId, actor, at, version, traceparent } = fact;
  return { id, correlationId, actor, sentAt: at, version, ...(traceparent === undefined ? {} : { traceparent }) };
}
