import type { Command, Event } from '@vfleet/contracts/define';
import type { ReadRequest } from '@vfleet/contracts/policy/entity';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { type Bus, reactsTo } from './bus.ts';
import { type Change, ownersAnswers, type Versioned } from './read-model-answers.ts';
import { ownersQuestions, type Question } from './read-model-questions.ts';
import { answerWaiters } from './read-model-waiters.ts';

/** The most ids or entities of one question: the contract's. */
const MOST_AT_ONCE = 500;

/** An ask that fails is tried again after the first delay, then after twice that, up to the last. */
const RETRY_MS = { first: 200, last: 5_000 };

/**
 * How often all entities are read again, and how long an owner may take to answer, in milliseconds. `atOnce` are the most
 * entities of one question: fewer when they are large, for an answer is taken in one turn of the event loop.
 */
export type ReadModelSettings = { snapshotEveryMs: number; askWithinMs: number; atOnce?: number };

const DEFAULTS: ReadModelSettings = { snapshotEveryMs: 30_000, askWithinMs: 5_000 };

type Reply<Item> = { items: Item[]; next: string | null };

/** What a read model follows: the owner's query, and the event that hints at a change of one entity. */
export type Followed<Item extends Versioned, Payload> = {
  query: Command<ReadRequest, Reply<Item>>;
  event: Event<Payload>;
  idOf: (payload: Payload) => string;
};

/**
 * What another service owns, as this process knows it (docs/decisions/0022-read-models.md). It holds the owner's
 * answers alone; an event is a hint to ask again. What it tells may be as old as the last hint, never invented.
 */
export type ReadModel<Item extends Versioned> = {
  /** The newest answer; undefined when the entity is gone, or nothing was ever heard of it: see `isGone` and `know`. */
  get(id: string): Item | undefined;
  /** Whether the owner has said that there is no such entity any more. */
  isGone(id: string): boolean;
  /** Whether all entities were read once; before, only some of them are known. */
  isReady(): boolean;
  /** Asks for those of these entities that are neither known nor gone. Throws when they are not answered in time. */
  know(ids: readonly string[], limits: { withinMs: number }): Promise<void>;
  /** Asks for these entities, known or not, after this call. Throws when they are not answered in time. */
  refresh(ids: readonly string[], limits: { withinMs: number }): Promise<void>;
  /** Takes what the owner has answered to another question. */
  learn(item: Item): void;
  close(): Promise<void>;
};

/**
 * Follows what another service owns. Resolves when it is subscribed, whether or not the owner is there; it becomes
 * ready by itself. `follower` is the service that asks; `changed` hears of every answer that says something new. A follower
 * that keeps a form of its own lets `kept` take away what `get` need not tell.
 */
export async function startReadModel<Item extends Versioned, Payload>(
  { query, event, idOf }: Followed<Item, Payload>,
  {
    bus,
    clock,
    log,
    newId,
    follower,
    changed = () => undefined,
    kept,
    settings: { snapshotEveryMs, askWithinMs, atOnce = MOST_AT_ONCE } = DEFAULTS,
  }: {
    bus: Pick<Bus, 'ask' | 'follow'>;
    clock: Clock;
    log: Log;
    newId: () => string;
    follower: string;
    changed?: (change: Change<Item>) => void;
    kept?: (item: Item) => Item;
    settings?: ReadModelSettings;
  },
): Promise<ReadModel<Item>> {
  const answers = ownersAnswers(changed, kept);
  const questions = ownersQuestions(atOnce);
  const waiters = answerWaiters(query.name, clock);
  const stopped = new AbortController();
  const { signal } = stopped;
  let bell = Promise.withResolvers<void>();
  let isReady = false;

  function ring(): void {
    bell.resolve();
    bell = Promise.withResolvers();
  }

  function hint(ids: readonly string[]): void {
    for (const id of ids) questions.hint(id);
    ring();
  }

  function readAll(): void {
    questions.snapshotDue();
    ring();
  }

  /** Asks one thing at a time, so that answers come in the order of the questions. */
  async function work(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const question = questions.next();
      if (!question) {
        await bell.promise;
        continue;
      }
      if (question.kind === 'ids') waiters.begins(question.ids);
      try {
        take(question, await ask(question));
        failures = 0;
      } catch (problem) {
        giveBack(question);
        if (!signal.aborted) await pause(problem, ++failures);
      }
    }
  }

  async function ask(question: Question): Promise<Reply<Item>> {
    const id = newId();
    const which = question.kind === 'ids' ? { ids: question.ids } : { cursor: question.snapshot.cursor };
    const actor = { kind: 'service' as const, name: follower };
    const context = { id, correlationId: id, actor, sentAt: isoNow(clock) };
    const verdict = await bus.ask(query, { ...which, limit: atOnce }, context, { timeoutMs: askWithinMs, signal });
    if (!verdict.ok) throw new Error(`${query.name}: ${verdict.refusals.map(({ detail }) => detail).join('; ')}`);
    if (question.kind === 'ids' && verdict.reply.next !== null) throw new Error(`${query.name}: answered ids in pages`);
    return verdict.reply;
  }

  function take(question: Question, { items, next }: Reply<Item>): void {
    for (const item of items) answers.take(item);
    const listed = new Set(items.map(({ id }) => id));
    if (question.kind === 'ids') {
      for (const id of question.ids) if (!listed.has(id)) answers.takeGone(id);
      waiters.ends('answered');
    }
    if (questions.answered(question, { listed, next, known: answers.ids })) isReady = true;
  }

  function giveBack(question: Question): void {
    questions.unanswered(question);
    if (question.kind === 'ids') waiters.ends('failed');
  }

  /** A long absence of the owner is told once. */
  async function pause(problem: unknown, failures: number): Promise<void> {
    const delay = Math.min(RETRY_MS.first * 2 ** (failures - 1), RETRY_MS.last);
    const fields = { problem, delay, query: query.name };
    if (failures === 1) log.warn(fields, 'What another service owns could not be read; it is asked again');
    else log.debug(fields, 'What another service owns still cannot be read');
    await clock.sleep(delay, signal).catch(() => undefined);
  }

  async function tick(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(snapshotEveryMs, signal).catch(() => undefined);
      readAll();
    }
  }

  const hears = reactsTo(event, async ({ payload }) => hint([idOf(payload)]));
  const subscription = await bus.follow([hears], readAll);
  const ended = Promise.all([work(), tick()]);

  return {
    get: answers.get,
    isGone: answers.isGone,
    isReady: () => isReady,
    async know(ids, { withinMs }) {
      const unknown = ids.filter((id) => !answers.get(id) && !answers.isGone(id));
      if (unknown.length === 0) return;
      hint(unknown.filter((id) => !waiters.isAsked(id)));
      await waiters.answers(unknown, { fresh: false, withinMs });
    },
    async refresh(ids, { withinMs }) {
      if (ids.length === 0) return;
      hint(ids);
      await waiters.answers(ids, { fresh: true, withinMs });
    },
    learn: answers.take,
    async close() {
      stopped.abort();
      waiters.close();
      ring();
      await subscription.close();
      await ended;
    },
  };
}
