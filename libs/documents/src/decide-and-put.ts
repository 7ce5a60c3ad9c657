import type { Event, Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { answered } from './answers.ts';
import { ATTEMPTS, pauseBefore } from './contention.ts';
import { decidedWrite, type Fact, type Writing } from './decided-write.ts';
import type { Stored, Tombstone, Write } from './documents.ts';
import { fingerprint } from './fingerprint.ts';
import type { Publish } from './publications.ts';

export type { Fact };

/** A collection whose puts carry out commands and publish facts; made by `deciding` (deciding.ts). */
export type Deciding<Body> = Writing<Body> & { log: Log; publish: Publish };

/** Makes a fact; the payload is the contract's. */
export function fact<Payload>(contract: Event<Payload>, payload: Payload): Fact {
  return { contract: contract as unknown as Event, payload };
}

/**
 * What a decision comes to when no rule is broken. `plan` is carried to the hooks and means nothing to the mechanism.
 * `restsOn` are guards (`guardOf`) of other documents of the store that the decision was made on: it takes effect only
 * while their bodies are as they were read.
 */
export type Accepted<Body, Reply, Plan = unknown> = { ok: true; reply: Reply; plan?: Plan } & (
  | { body: Body | 'remove'; facts: readonly Fact[]; restsOn?: readonly Write[] | undefined }
  | { body: 'unchanged'; facts?: readonly []; restsOn?: undefined }
);

export type Decision<Body, Reply, Plan = unknown> = { ok: false; refusals: Refusal[] } | Accepted<Body, Reply, Plan>;

/** Time (ISO 8601) and fresh ids for a decision, so that it needs no clock and no randomness of its own. */
export type Given = { now: string; newId: () => string };

/**
 * Decides one message against the document as it is. Pure, for it is called again after every version conflict.
 * `stored` is undefined when there is no such document; a put raises `stored.version` by one. `related` is what
 * `Reading.read` found.
 */
export type Decide<Body, Payload, Reply, Plan = unknown, Related = undefined> = (
  stored: Stored<Body> | undefined,
  message: Message<Payload>,
  given: Given,
  related: Related,
) => Decision<Body, Reply, Plan>;

/**
 * Reads what else the decision is made on, anew before each. The document was read first: so who removes it sees every
 * user of its version, and who takes it into use after that has raised the version.
 */
export type Reading<Body, Payload, Related> = {
  read: (stored: Stored<Body> | undefined, message: Message<Payload>) => Promise<Related>;
};

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
 * A version conflict is decided again, ATTEMPTS times in all, the later ones after pauses of the clock (contention.ts),
 * then refused with TOO_MUCH_CONTENTION. Facts are stored
 * with the put and published after it, not awaited, under the version of that put. Throws what the store throws: the
 * outcome is then unknown, and the same message may be handled again.
 *
 * A decision that rests on other documents is put in one commit with their guards; one that is refused because a body
 * changed meanwhile is decided again, on what `read` finds then.
 */
export async function decideAndPut<Body, Payload, Reply, Plan, Related>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, Reply, Plan, Related>,
  options: DecideOptions<Body, Reply, Plan> & Reading<Body, Payload, Related>,
): Promise<Verdict<Reply>>;
export async function decideAndPut<Body, Payload, Reply, Plan = unknown>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, Reply, Plan>,
  options?: DecideOptions<Body, Reply, Plan>,
): Promise<Verdict<Reply>>;
export async function decideAndPut<Body, Payload, Reply, Plan, Related>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, Reply, Plan, Related | undefined>,
  options: DecideOptions<Body, Reply, Plan> & Partial<Reading<Body, Payload, Related>> = {},
): Promise<Verdict<Reply>> {
  const { documents, clock, newId } = target;
  const { name, payload } = message;
  const request = options.answers === 'none' ? undefined : fingerprint({ name, payload });

  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const pause = pauseBefore(attempt, message.id);
    if (pause > 0) await clock.sleep(pause);
    const stored = await documents.get(id);
    const tombstone = stored ? undefined : await documents.tombstone(id);
    const known = request && answered((stored ?? tombstone)?.answers ?? [], { id: message.id, request });
    if (known) return known as Verdict<Reply>;

    const related = await options.read?.(stored, message);
    const now = isoNow(clock);
    const accepted = decide(stored, message, { now, newId }, related);
    if (!accepted.ok) return accepted;
    const verdict: Verdict<Reply> = { ok: true, reply: accepted.reply };
    if (accepted.body === 'unchanged') return verdict;
    if (accepted.body === 'remove' && !stored) throw new Error(`${named(target, id)}: nothing is there to remove`);
    if (tombstone) return refused([idAlreadyUsed(target, tombstone)]);
    const vetoes = (await options.beforePut?.(accepted, stored)) ?? [];
    if (vetoes.length > 0) return refused(vetoes);

    const { body, facts = [], restsOn = [] } = accepted;
    const answers = request ? [{ commandId: message.id, request, at: now, verdict }] : [];
    const write = decidedWrite(target, id, { body, facts, restsOn }, { stored, message, answers, now });
    const outcome = await write.carryOut();

    if (outcome.ok) {
      target.publications.start(id, write.facts);
      await afterPut(target, id, () => options.afterPut?.(write.document, accepted));
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
export async function reactAndPut<Body, Payload, Plan, Related>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, null, Plan, Related>,
  options: Omit<DecideOptions<Body, null, Plan>, 'answers'> & Reading<Body, Payload, Related>,
): Promise<void>;
export async function reactAndPut<Body, Payload, Plan = unknown>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, null, Plan>,
  options?: Omit<DecideOptions<Body, null, Plan>, 'answers'>,
): Promise<void>;
export async function reactAndPut<Body, Payload, Plan, Related>(
  target: Deciding<Body>,
  id: string,
  message: Message<Payload>,
  decide: Decide<Body, Payload, null, Plan, Related>,
  options: Omit<DecideOptions<Body, null, Plan>, 'answers'> & Partial<Reading<Body, Payload, Related>> = {},
): Promise<void> {
  const reading = options as Reading<Body, Payload, Related>;
  const verdict = await decideAndPut(target, id, message, decide, { ...options, ...reading, answers: 'none' });
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ code, detail }) => `${code}: ${detail}`).join('; '));
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
