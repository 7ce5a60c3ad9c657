import type { Event } from '@vfleet/contracts/define';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Documents, UnpublishedFact } from './documents.ts';
import { contextOf, type Publish } from './publications.ts';

const HOUR_MS = 3_600_000;

/** What the sweep takes of a collection that decides; any `Deciding` is one. */
export type SweepTarget = {
  documents: Pick<Documents<never>, 'findUnpublished' | 'clearPublished' | 'purgeTombstones'> & {
    collection: { name: string };
  };
  publish: Publish;
  clock: Clock;
  log: Log;
};

export type SweepOptions = {
  /** The events whose facts the collections hold; a fact finds its contract here by name. */
  contracts: readonly Event[];
  /** Younger facts are left to the put that is just publishing them. Milliseconds; default 5 s. */
  olderThanMs?: number;
  /** Documents of one page. Default 100. */
  limit?: number;
};

/** `next` is where to go on, undefined after the last document; `failed` is true when the bus did not take a fact. */
export type SweptPage = { published: number; next: string | undefined; failed: boolean };

/**
 * Publishes what is left in one page of documents, as the messages they were meant to be, and clears what the bus
 * confirmed in one write. Stops at the first fact the bus does not take. A fact that can never be published (no such
 * event, a payload its contract refuses) stays and is logged as an error.
 */
export async function sweepUnpublished(
  { documents, publish, clock, log }: SweepTarget,
  { contracts, olderThanMs = 5_000, limit = 100 }: SweepOptions,
  after?: string,
): Promise<SweptPage> {
  const page = await documents.findUnpublished(limit, after);
  const published = new Map<string, string[]>();
  let failedAt: string | undefined;

  for (const { id, unpublished } of page) {
    const ready = unpublished.filter(({ at }) => clock.now() - Date.parse(at) >= olderThanMs);
    for (const fact of ready) {
      const where = { collection: documents.collection.name, document: id, fact: fact.name, factId: fact.id };
      const message = readFact(contracts, fact);
      if ('problem' in message) {
        log.error({ ...where, problem: message.problem }, 'A fact can never be published');
        continue;
      }
      try {
        await publish(message.contract, message.payload, contextOf(fact));
      } catch (problem) {
        log.warn({ ...where, problem }, 'A fact could not be published; it is tried again');
        failedAt = id;
        break;
      }
      published.set(id, [...(published.get(id) ?? []), fact.id]);
    }
    if (failedAt) break;
  }

  await Promise.all([...published].map(([id, factIds]) => documents.clearPublished(id, factIds)));
  return {
    published: [...published.values()].flat().length,
    next: failedAt ?? (page.length === limit ? page.at(-1)?.id : undefined),
    failed: failedAt !== undefined,
  };
}

/**
 * Sweeps the targets now and every `everyMs` until closed, and once an hour forgets tombstones removed more than
 * `tombstonesKeptMs` ago (default a week). After a fact the bus does not take it goes on behind that document in the
 * next round, so that one bad fact holds up no others.
 */
export function startSweep(
  targets: readonly SweepTarget[],
  options: SweepOptions & { everyMs?: number; tombstonesKeptMs?: number },
): { close(): Promise<void> } {
  const stopped = new AbortController();
  const running = Promise.all(targets.map((target) => sweepUntil(stopped.signal, target, options)));
  return {
    close: async () => {
      stopped.abort();
      await running;
    },
  };
}

async function sweepUntil(
  stopped: AbortSignal,
  target: SweepTarget,
  options: Parameters<typeof startSweep>[1],
): Promise<void> {
  const { documents, clock, log } = target;
  const { everyMs = 5_000, tombstonesKeptMs = 7 * 24 * HOUR_MS } = options;
  let after: string | undefined;
  let purgedAt = Number.NEGATIVE_INFINITY;

  while (!stopped.aborted) {
    try {
      let page: SweptPage;
      do {
        page = await sweepUnpublished(target, options, after);
        after = page.next;
      } while (after !== undefined && !page.failed && !stopped.aborted);
      if (clock.now() - purgedAt >= HOUR_MS) {
        await documents.purgeTombstones(new Date(clock.now() - tombstonesKeptMs).toISOString());
        purgedAt = clock.now();
      }
    } catch (problem) {
      log.error({ problem, collection: documents.collection.name }, 'A sweep of unpublished facts failed');
    }
    await clock.sleep(everyMs, stopped).catch(() => undefined); // closing wakes it
  }
}

function readFact(
  contracts: readonly Event[],
  fact: UnpublishedFact,
): { contract: Event; payload: unknown } | { problem: unknown } {
  const contract = contracts.find(({ name }) => name === fact.name);
  if (!contract) return { problem: `no event is named ${fact.name}` };
  const parsed = contract.payload.safeParse(fact.payload);
  return parsed.success ? { contract, payload: parsed.data } : { problem: parsed.error };
}
