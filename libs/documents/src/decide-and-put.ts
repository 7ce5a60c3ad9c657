import type { Event, Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { answered, keptAnswers } from './answers.ts';
import type { Documents, Put, Stored, Tombstone, UnpublishedFact } from './documents.ts';
import { fingerprint } from './fingerprint.ts';
import type { Publications, Publish } from './publications.ts';

/** A version conflict is answered by reading and deciding again, this many times in all. */
export const ATTEMPTS = 5;

/** A collection whose puts carry out commands and publish facts; made by `deciding` (deciding.ts). */
export type Deciding<Body> = {
  documents: Documents<Body>;
  clock: Clock;
  newId: () => string;
  log: Log;
  publish: Publish;
  publications: Publications;
};

/** Something that became true with a put, to be published under its contract. */
export type Fact = { readonly contract: Event; readonly payload: unknown };

/** Makes a fact; the payload is the contract's. */
export function fact<Payload>(contract: Event<Payload>, payload: Payload): Fact {
  return { contract: contract as unknown as Event, payload };
}

/** What a decision comes to when no rule is broken. `plan` is carried to the hooks and means nothing to the mechanism. */
export type Accepted<Body, Reply, Plan = unknown> = { ok: true; reply: Reply; plan?: Plan } & (
  | { body: Body | 'remove'; facts: readonly Fact[] }
  | { body: 'unchanged'; facts?: readonly [] }
);

export type Decision<Body, Reply, Plan = unknown> = { ok: false; refusals: Refusal[] } | Accepted<Body, Reply, Plan>;

/** Time (ISO 8601) and fresh ids for a decision, so that it needs no clock and no randomness of its own. */
export type Given = { now: string; newId: () => string };

/**
 * Decides one message against the document as it is. Pure, for it is called again after every version conflict.
 * `stored` is undefined when there is no such document; a put raises `stored.version` by one.
 */
export type Decide<Body, Payload, Reply, Plan = unknown> = (
  stored: Stored<Body> | undefined,
  message: Message<Payload>,
  given: Given,
) => Decision<Body, Reply, Plan>;

export type DecideOptions<Body, Reply, Plan = unknown> = {
  /**
   * `none` stores no answer: for what is addressed by its own id (reports, settlements, claims), where the decision
   * itself finds on a redelivery that it was carried out. Default `stored`.
   */
  answers?: 'stored' | 'none';
  /** The refusals of a unique key that document `holder` already holds. Without it such a key is a fault. */
  onDuplicate?: (duplicate: { key: string; value: string; holder: string }) => Refusal[];
  /** Runs after the rules and before every put; refusals veto it and nothing is written. Not called for `unchanged`. */
  beforePut?: (accepted: Accepted<Body, Reply, Plan>, stored: Stored<Body> | undefined) => Promise<readonly Refusal[]>;
  /**
   * Runs after the put, at most once: a crash before it loses it, so what must happen is a fact or desired state. What
   * it throws is logged, for the command was carried out. `document` is undefined when it was removed.
   */
  afterPut?: (document: Stored<Body> | undefined, accepted: Accepted<Body, Reply, Plan>) => Promise<void> | void;
};

/**
 * Carries out a command on the one document that decides it, exactly once per message id, with one durable write.
 *
 * The put stores the command's id, request fingerprint and answer in the document, a removal in its tombstone: a
 * redelivery gets that answer, and the same id with another request IDEMPOTENCY_KEY_REUSED. A refusal and `unchanged`
 * carry nothing out and store nothing: redelivered, such a command is decided anew and takes place then. Where even
 * those must be answered alike (a reply that hands something out), decide the body as it is and pay for the write.
 *
 * A version conflict is decided again, ATTEMPTS times in all, then refused with TOO_MUCH_CONTENTION. Facts are stored
 * with the put and published after it, not awaited, under the version of that put. Throws what the store throws: the
 * outcome is then unknown, and the same message may be handled again.
 */
export async function decideAndPut<Body, Payload, Reply, Plan = unknown>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, Reply, Plan>,
  options: DecideOptions<Body, Reply, Plan> = {},
): Promise<Verdict<Reply>> {
  const { documents, clock, newId } = target;
  const storesAnswer = options.answers !== 'none';
  const request = storesAnswer ? fingerprint({ name: message.name, payload: message.payload }) : '';

  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stored = await documents.get(id);
    const tombstone = stored ? undefined : await documents.tombstone(id);
    const known = storesAnswer && answered((stored ?? tombstone)?.answers ?? [], { id: message.id, request });
    if (known) return known as Verdict<Reply>;

    const now = new Date(clock.now()).toISOString();
    const decision = decide(stored, message, { now, newId });
    if (!decision.ok) return decision;
    if (decision.body === 'unchanged') return { ok: true, reply: decision.reply };
    if (decision.body === 'remove' && !stored)
      throw new Error(`${named(target, id)}: a removal of what does not exist`);
    if (tombstone) return { ok: false, refusals: [idAlreadyUsed(target, tombstone)] };

    const vetoes = (await options.beforePut?.(decision, stored)) ?? [];
    if (vetoes.length > 0) return { ok: false, refusals: [...vetoes] };

    const verdict: Verdict<Reply> = { ok: true, reply: decision.reply };
    const answer = storesAnswer ? [{ commandId: message.id, request, at: now, verdict }] : [];
    const expectedVersion = stored?.version ?? 0;
    const facts = (decision.facts ?? []).map((each) =>
      unpublished(each, { message, at: now, version: expectedVersion + 1, newId }),
    );
    const write = {
      id,
      expectedVersion,
      answers: keptAnswers(stored?.answers ?? [], answer, clock.now()),
      unpublished: [
        ...target.publications.outstanding(id, stored?.unpublished ?? []),
        ...facts.map(({ fact }) => fact),
      ],
    };
    const outcome =
      decision.body === 'remove'
        ? await documents.remove({ ...write, at: now })
        : await documents.put({ ...write, body: decision.body });

    if (outcome.ok) {
      target.publications.start(id, facts);
      const document = decision.body === 'remove' ? undefined : asStored(target, write, decision.body);
      await afterPut(target, id, () => options.afterPut?.(document, decision));
      return verdict;
    }
    if (outcome.reason === 'unique') {
      if (!options.onDuplicate)
        throw new Error(`${named(target, id)}: ${outcome.holder} has ${outcome.key} ${outcome.value}`);
      return { ok: false, refusals: options.onDuplicate(outcome) };
    }
  }
  const detail = `${named(target, id)} was changed by others ${ATTEMPTS} times while this was decided.`;
  return { ok: false, refusals: [refusal('TOO_MUCH_CONTENTION', detail)] };
}

/**
 * Takes an event or host message into the document it concerns: `decideAndPut` without an answer. Nobody reads a
 * verdict, so a refusal, contention included, is thrown: the bus tries again.
 */
export async function reactAndPut<Body, Payload, Plan = unknown>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, null, Plan>,
  options: Omit<DecideOptions<Body, null, Plan>, 'answers'> = {},
): Promise<void> {
  const verdict = await decideAndPut(target, id, message, decide, { ...options, answers: 'none' });
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ code, detail }) => `${code}: ${detail}`).join('; '));
}

/** An invalid payload throws here, before the put: stored, it could never be published. */
function unpublished(
  { contract, payload }: Fact,
  put: { message: Message<unknown>; at: string; version: number; newId: () => string },
): { fact: UnpublishedFact; contract: Event } {
  const { actor, correlationId, traceparent } = put.message;
  const fact = {
    id: put.newId(),
    name: contract.name,
    payload: contract.payload.parse(payload),
    version: put.version,
    actor,
    correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
    at: put.at,
  };
  return { fact, contract };
}

function asStored<Body>({ documents }: Deciding<Body>, write: Omit<Put<Body>, 'body'>, body: Body): Stored<Body> {
  const { id, expectedVersion, answers, unpublished } = write;
  const { schemaVersion } = documents.collection;
  return { id, version: expectedVersion + 1, schemaVersion, answers, unpublished, body };
}

async function afterPut<Body>(
  { log, documents }: Deciding<Body>,
  id: string,
  hook: () => Promise<void> | void,
): Promise<void> {
  try {
    await hook();
  } catch (problem) {
    log.error({ problem, collection: documents.collection.name, document: id }, 'What follows a put failed');
  }
}

function idAlreadyUsed<Body>(target: Deciding<Body>, tombstone: Tombstone): Refusal {
  return refusal('ID_ALREADY_USED', `${named(target, tombstone.id)} was removed at ${tombstone.removedAt}.`);
}

function named<Body>({ documents }: Deciding<Body>, id: string): string {
  return `${documents.collection.name} ${id}`;
}
