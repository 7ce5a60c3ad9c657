import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Deciding } from './decide-and-put.ts';
import type { DocumentStore, Documents } from './documents.ts';
import { makePublications, type Publish } from './publications.ts';

/** Confirmed facts wait this long, in milliseconds, for others to be cleared in the same write. */
const CLEAR_AFTER_MS = 200;

/**
 * Makes a collection decide: `decideAndPut` and `reactAndPut` take what this returns. `publish` is the bus's. A
 * service closes `publications` when it has stopped taking messages; without it facts are published once more. `commit`
 * is the store's, for decisions that rest on other documents.
 */
export function deciding<Body>(
  documents: Documents<Body>,
  surroundings: {
    publish: Publish;
    clock: Clock;
    newId: () => string;
    log: Log;
    commit?: DocumentStore['commit'];
    clearAfterMs?: number;
  },
): Deciding<Body> {
  const { publish, clock, newId, log, commit, clearAfterMs = CLEAR_AFTER_MS } = surroundings;
  const publications = makePublications(documents, { publish, clock, log, clearAfterMs });
  return { documents, clock, newId, log, publish, publications, ...(commit ? { commit } : {}) };
}
