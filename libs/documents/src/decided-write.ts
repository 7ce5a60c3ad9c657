import type { Event } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import type { Clock } from '@vfleet/process/clock';
import { keptAnswers } from './answers.ts';
import {
  type DocumentStore,
  type Documents,
  type Put,
  type PutOutcome,
  putOf,
  removalOf,
  type Stored,
  type StoredAnswer,
  type UnpublishedFact,
  type Write,
} from './documents.ts';
import type { Publications } from './publications.ts';

/** What a write is made with. */
export type Writing<Body> = {
  documents: Documents<Body>;
  clock: Clock;
  newId: () => string;
  publications: Publications;
  /** The commit of the store `documents` is of; needed by decisions that rest on other documents. */
  commit?: DocumentStore['commit'];
};

/** Something that became true with a put, to be published under its contract. */
export type Fact = { readonly contract: Event; readonly payload: unknown };

/** What a decision writes; `restsOn` are guards. */
type Decided<Body> = { body: Body | 'remove'; facts: readonly Fact[]; restsOn: readonly Write[] };

/** What it was decided on; `answers` are the new ones, `now` is ISO 8601. */
type Situation<Body> = {
  stored: Stored<Body> | undefined;
  message: Message<unknown>;
  answers: readonly StoredAnswer[];
  now: string;
};

/** The write of a decision, checked and not yet tried. */
export type DecidedWrite<Body> = {
  facts: { fact: UnpublishedFact; contract: Event }[];
  /** The document as it is after the write; undefined when that removes it. */
  document: Stored<Body> | undefined;
  /** Writes, with guards in one commit. A guard that is refused is told as a refused version of the document. */
  carryOut(): Promise<PutOutcome>;
};

/**
 * Makes the one write of a decision: body or removal, the answers and facts there that are still needed, and the new
 * ones. An invalid fact throws here, before anything is written: stored, it could never be published.
 */
export function decidedWrite<Body>(
  target: Writing<Body>,
  id: string,
  { body, facts: decided, restsOn }: Decided<Body>,
  { stored, message, answers, now }: Situation<Body>,
): DecidedWrite<Body> {
  const { documents, clock, publications } = target;
  const expectedVersion = stored?.version ?? 0;
  const facts = unpublishedFacts(target, decided, { message, now, version: expectedVersion + 1 });
  const beside = {
    id,
    expectedVersion,
    answers: keptAnswers(stored?.answers ?? [], answers, {
      now: clock.now(),
      of: body === 'remove' ? 'tombstone' : 'document',
    }),
    unpublished: [...publications.outstanding(id, stored?.unpublished ?? []), ...facts.map(({ fact }) => fact)],
  };
  const guards = guardsOfOthers(documents, id, restsOn);

  if (body === 'remove') {
    const removal = { ...beside, at: now };
    const carryOut = () =>
      guards.length === 0 ? documents.remove(removal) : commit(target, [removalOf(documents, removal), ...guards]);
    return { facts, document: undefined, carryOut };
  }
  const put = { ...beside, body };
  const carryOut = () =>
    guards.length === 0 ? documents.put(put) : commit(target, [putOf(documents, put), ...guards]);
  return { facts, document: asStored(documents, put), carryOut };
}

function unpublishedFacts<Body>(
  { newId }: Writing<Body>,
  facts: readonly Fact[],
  { message, now, version }: { message: Message<unknown>; now: string; version: number },
): { fact: UnpublishedFact; contract: Event }[] {
  const { actor, correlationId, traceparent } = message;
  const context = { version, actor, correlationId, ...(traceparent === undefined ? {} : { traceparent }), at: now };
  return facts.map(({ contract, payload }) => ({
    contract,
    fact: { id: newId(), name: contract.name, payload: contract.payload.parse(payload), ...context },
  }));
}

/** Each guard once, and none of the document itself: the version its write expects demands more than a guard does. */
function guardsOfOthers<Body>(documents: Documents<Body>, id: string, restsOn: readonly Write[]): Write[] {
  return restsOn.filter((write, index) => {
    if (write.kind !== 'guard') throw new Error(`a decision on ${id} rests on a ${write.kind}; it can rest on guards`);
    const isItself = write.id === id && (write.documents as unknown) === documents;
    return !isItself && restsOn.findIndex((other) => isSameGuard(other, write)) === index;
  });
}

function isSameGuard(one: Write, other: Write): boolean {
  return (
    one.kind === 'guard' &&
    other.kind === 'guard' &&
    one.documents === other.documents &&
    one.id === other.id &&
    one.bodyVersion === other.bodyVersion
  );
}

/** The document's own write is the first; a unique key can only be refused to it. */
async function commit<Body>(target: Writing<Body>, writes: readonly Write[]): Promise<PutOutcome> {
  if (!target.commit) {
    throw new Error(`a decision on ${target.documents.collection.name} rests on others: deciding() needs a commit`);
  }
  const outcome = await target.commit(writes);
  return outcome.ok ? { ok: true, version: outcome.versions[0] ?? 0 } : outcome.outcome;
}

function asStored<Body>({ collection }: Documents<Body>, put: Put<Body>): Stored<Body> {
  const { id, expectedVersion, answers, unpublished, body } = put;
  const { schemaVersion } = collection;
  const version = expectedVersion + 1;
  return { id, version, bodyVersion: version, schemaVersion, answers, unpublished, body };
}
