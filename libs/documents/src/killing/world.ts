import { event } from '@vfleet/contracts/define';
import type { Message, MessageContext } from '@vfleet/contracts/envelope';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { z } from 'zod';
import { openBoth, put, type Thing, thing } from '../conformance/thing.ts';
import { type Decide, type Deciding, fact } from '../decide-and-put.ts';
import { deciding } from '../deciding.ts';
import { type DocumentStore, type Documents, guardOf, type Stored, type Write } from '../documents.ts';
import type { Publish } from '../publications.ts';
import { sweepUnpublished } from '../sweep.ts';

export const ThingCounted = event('inventory.thing-counted', {
  payload: z.object({ thingId: z.string(), count: z.int() }),
  keyOf: ({ thingId }) => thingId,
  followers: ['gateway'],
});

export const ThingRemoved = event('inventory.thing-removed', {
  payload: z.object({ thingId: z.string() }),
  keyOf: ({ thingId }) => thingId,
  followers: ['gateway'],
});

/** The instant at which a process ends: around its put or commit, or around the publication that follows. */
export type Death = 'before-put' | 'after-put' | 'before-publish' | 'after-publish';

/** What the caller of a dead process sees: no answer. */
export class ProcessDied extends Error {}

export type Published = { name: string; payload: unknown; context: MessageContext };

/** What ends a process, and when: `pause` runs before each of its reads, writes, publications and new attempts. */
export type Life = { dies?: Death | undefined; pause?: (() => Promise<void>) | undefined };

/** A process: what it decides on. */
export type Process = { things: Deciding<Thing>; networks: Deciding<Thing> };

/** A store's documents, the bus's ear and a clock: what outlives processes. Things rest on the network `n`. */
export type World = {
  things: Documents<Thing>;
  networks: Documents<Thing>;
  published: Published[];
  /** Starts a process on the world. One that dies writes and publishes nothing afterwards. */
  start(life?: Life): Process;
  /** Publishes everything that is left, whatever its age. */
  sweep(): Promise<void>;
};

export async function makeWorld(store: DocumentStore): Promise<World> {
  const { profiles: things, networks } = await openBoth(store);
  await put(networks, 'n');
  const clock = virtualClock();
  const published: Published[] = [];
  let ids = 0;
  const publish: Publish = async (contract, payload, context) => {
    published.push({ name: contract.name, payload, context });
  };

  const start: World['start'] = ({ dies, pause = async () => {} } = {}) => {
    let dead = false;
    const die = (): never => {
      dead = true;
      throw new ProcessDied();
    };
    const alive = () => dead && die();
    const write = async <Outcome>(work: () => Promise<Outcome>): Promise<Outcome> => {
      await pause();
      alive();
      if (dies === 'before-put') die();
      const outcome = await work();
      return dies === 'after-put' ? die() : outcome;
    };
    const lasting = new Map<Documents<never>, Documents<never>>();
    const mortal = (documents: Documents<Thing>): Documents<Thing> => {
      const made: Documents<Thing> = {
        ...documents,
        get: async (id) => {
          await pause();
          return documents.get(id);
        },
        find: async (...asked) => {
          await pause();
          return documents.find(...asked);
        },
        put: (put) => write(() => documents.put(put)),
        remove: (removal) => write(() => documents.remove(removal)),
        clearPublished: async (id, factIds) => {
          alive();
          await documents.clearPublished(id, factIds);
        },
      };
      lasting.set(made as unknown as Documents<never>, documents as unknown as Documents<never>);
      return made;
    };
    const inStore = (each: Write): Write => ({ ...each, documents: lasting.get(each.documents) ?? each.documents });
    const mortalPublish: Publish = async (contract, payload, context) => {
      await pause();
      alive();
      if (dies === 'before-publish') die();
      await publish(contract, payload, context);
      if (dies === 'after-publish') die();
    };
    const surroundings = {
      publish: mortalPublish,
      clock: { ...clock, sleep: (ms: number, signal?: AbortSignal) => (signal ? clock.sleep(ms, signal) : pause()) },
      newId: () => `id-${++ids}`,
      log: silentLog,
      commit: (writes: readonly Write[]) => write(() => store.commit(writes.map(inStore))),
    };
    return { things: deciding(mortal(things), surroundings), networks: deciding(mortal(networks), surroundings) };
  };

  const sweep = async () => {
    for (const documents of [things, networks]) {
      const target = { documents, publish, clock, log: silentLog };
      await sweepUnpublished(target, { contracts: [ThingCounted, ThingRemoved], olderThanMs: 0, limit: 1000 });
    }
  };
  return { things, networks, published, start, sweep };
}

/** A command as the bus delivers it. */
export function commandOf<Payload>(id: string, payload: Payload, redelivered: boolean = false): Message<Payload> {
  const actor = { kind: 'user' as const, name: 'admin@internal' };
  const context = { id, correlationId: `c-${id}`, actor, sentAt: '2026-01-01T00:00:00.000Z' };
  return { ...context, name: 'inventory.count-thing', payload, redelivered };
}

export type Count = { thingId: string; by: number };

/** Counts a thing up, making it first when it is not there; the reply hands out the new count. */
export const decideCount: Decide<Thing, Count, { count: number }> = (stored, { payload }) => {
  const body = stored?.body ?? thing({ name: payload.thingId });
  const count = body.count + payload.by;
  return { ok: true, body: { ...body, count }, reply: { count }, facts: [fact(ThingCounted, { ...payload, count })] };
};

/** Removes a thing; the reply tells its last count. */
export const decideRemove: Decide<Thing, { thingId: string }, { last: number }> = (stored, { payload }) => {
  if (!stored) return { ok: false, refusals: [{ code: 'HOST_NOT_EXIST', detail: payload.thingId, remedy: '' }] };
  return { ok: true, body: 'remove', reply: { last: stored.body.count }, facts: [fact(ThingRemoved, payload)] };
};

/** The same decision, resting on the network that was read with it. */
export function restingOn<Payload, Reply>(
  networks: Documents<Thing>,
  decide: Decide<Thing, Payload, Reply>,
): Decide<Thing, Payload, Reply, unknown, Stored<Thing>> {
  return (stored, message, given, network) => {
    const decision = decide(stored, message, given, undefined);
    if (!decision.ok || decision.body === 'unchanged') return decision;
    return { ...decision, restsOn: [guardOf(networks, network)] };
  };
}
