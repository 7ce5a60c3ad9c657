import type { Event, Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { answered, keptAnswers } from './answers.ts';
import type { Documents, Put, Stored, StoredAnswer, Tombstone, UnpublishedFact } from './documents.ts';
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
  const { name, payload } = message;
  const request = options.answers === 'none' ? undefined : fingerprint({ name, payload });

  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stored = await documents.get(id);
    const tombstone = stored ? undefined : await documents.tombstone(id);
    const known = request && answered((stored ?? tombstone)?.answers ?? [], { id: message.id, request });
    if (known) return known as Verdict<Reply>;

    const now = new Date(clock.now()).toISOString();
    const accepted = decide(stored, message, { now, newId });
    if (!accepted.ok) return accepted;
    const verdict: Verdict<Reply> = { ok: true, reply: accepted.reply };
    if (accepted.body === 'unchanged') return verdict;
    if (accepted.body === 'remove' && !stored) throw new Error(`${named(target, id)}: nothing is there to remove`);
    if (tombstone) return refused([idAlreadyUsed(target, tombstone)]);
    const vetoes = (await options.beforePut?.(accepted, stored)) ?? [];
    if (vetoes.length > 0) return refused(vetoes);

    const facts = unpublishedFacts(target, accepted.facts ?? [], { message, now, version: (stored?.version ?? 0) + 1 });
    const answers = request ? [{ commandId: message.id, request, at: now, verdict }] : [];
    const write = writeAfter(target, id, { stored, answers, facts: facts.map(({ fact }) => fact) });
    const outcome =
      accepted.body === 'remove'
        ? await documents.remove({ ...write, at: now })
        : await documents.put({ ...write, body: accepted.body });

    if (outcome.ok) {
      target.publications.start(id, facts);
      const document = accepted.body === 'remove' ? undefined : asStored(target, write, accepted.body);
      await afterPut(target, id, () => options.afterPut?.(document, accepted));
      return verdict;
    }
    if (outcome.reason === 'unique') {
      const { key, value, holder } = outcome;
      if (!options.onDuplicate) throw new Error(`${named(target, id)}: ${holder} has ${key} ${value}`);
      return refused(options.onDuplicate({ key, value, holder }));
    }
  }
  const detail = `${named(target, id)} was changed by others ${ATTEMPTS} times while this was decided.`;
  return refused([refusal('TOO_MUCH_CONTENTION', detail)]);
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
function unpublishedFacts<Body>(
  { newId }: Deciding<Body>,
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

/** What is written beside the body: answers and facts already there that are still needed, and the new ones. */
function writeAfter<Body>(
  { clock, publications }: Deciding<Body>,
  id: string,
  { stored, answers, facts }: { stored: Stored<Body> | undefined; answers: StoredAnswer[]; facts: UnpublishedFact[] },
): Omit<Put<Body>, 'body'> {
  return {
    id,
    expectedVersion: stored?.version ?? 0,
    answers: keptAnswers(stored?.answers ?? [], answers, clock.now()),
    unpublished: [...publications.outstanding(id, stored?.unpublished ?? []), ...facts],
  };
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

function refused(refusals: readonly Refusal[]): Verdict<never> {
  return { ok: false, refusals: [...refusals] };
}

function idAlreadyUsed<Body>(target: Deciding<Body>, tombstone: Tombstone): Refusal {
  return refusal('ID_ALREADY_USED', `${named(target, tombstone.id)} was removed at ${tombstone.removedAt}.`);
}

function named<Body>({ documents }: Deciding<Body>, id: string): string {
  return `${documents.collection.name} ${id}`;
}
