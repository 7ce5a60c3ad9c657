import type { Bus } from '@vfleet/bus/bus';
import type { Command } from '@vfleet/contracts/define';
import { ListHosts } from '@vfleet/contracts/inventory';
import { ListClusters } from '@vfleet/contracts/policy/clusters';
import { ReadRuntimes } from '@vfleet/contracts/scheduler/runs';
import type { DocumentStore } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Ask } from './ask.ts';

const PATIENCE_MS = 2000;
/** Probes may be asked often and by anybody; what was found holds so long. */
const FRESH_MS = 1000;

/**
 * Makes the judge of readiness: what keeps this gateway from its work, in words, empty when nothing does. Each part is
 * tried: the broker, the store, the subscription to changes, and with a query each service that is asked.
 */
export function makeReadiness({
  bus,
  store,
  ask,
  following,
  clock,
  newId,
}: {
  bus: Pick<Bus, 'connected'>;
  store: Pick<DocumentStore, 'ping'>;
  ask: Ask;
  following: () => boolean;
  clock: Clock;
  newId: () => string;
}): () => Promise<string[]> {
  let found: { at: number; problems: Promise<string[]> } | undefined;

  return () => {
    if (!found || clock.now() - found.at >= FRESH_MS) found = { at: clock.now(), problems: look() };
    return found.problems;
  };

  async function look(): Promise<string[]> {
    const tried = await Promise.all([
      bus.connected() ? undefined : 'the message broker is not connected',
      following() ? undefined : 'changes are not followed yet',
      worksInTime(() => store.ping()).then((works) => (works ? undefined : 'the document store cannot be written')),
      answersInTime(ListHosts, { limit: 1 }),
      answersInTime(ListClusters, { limit: 1 }),
      answersInTime(ReadRuntimes, { vmIds: [] }),
    ]);
    return tried.filter((problem) => problem !== undefined);
  }

  async function answersInTime<Request>(query: Command<Request>, request: Request): Promise<string | undefined> {
    const actor = { kind: 'service', name: 'gateway' } as const;
    const caller = { actor, correlationId: newId(), traceparent: undefined };
    const works = await worksInTime(() => ask(query, request, caller, { timeoutMs: PATIENCE_MS }));
    return works ? undefined : `${query.service} does not answer`;
  }

  async function worksInTime(work: () => Promise<unknown>): Promise<boolean> {
    const enough = new AbortController();
    const late = clock.sleep(PATIENCE_MS, enough.signal).then(
      () => false,
      () => false,
    );
    const done = work().then(
      () => true,
      () => false,
    );
    const works = await Promise.race([done, late]);
    enough.abort();
    return works;
  }
}
