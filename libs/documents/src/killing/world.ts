import { event } from '@vfleet/contracts/define';
import type { Message, MessageContext } from '@vfleet/contracts/envelope';
import { silentLog } from '@vfleet/process/log';
import { type VirtualClock, virtualClock } from '@vfleet/process/virtual-clock';
import { z } from 'zod';
import { type Thing, thing } from '../conformance/thing.ts';
import { type Decide, type Deciding, fact } from '../decide-and-put.ts';
import { deciding } from '../deciding.ts';
import type { Documents } from '../documents.ts';
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

/** The instant at which a process ends: around its put, or around the publication that follows. */
export type Death = 'before-put' | 'after-put' | 'before-publish' | 'after-publish';

/** What the caller of a dead process sees: no answer. */
export class ProcessDied extends Error {}

export type Published = { name: string; payload: unknown; context: MessageContext };

/** A store's documents, the bus's ear and a clock: what outlives processes. */
export type World = {
  things: Documents<Thing>;
  clock: VirtualClock;
  published: Published[];
  /**
   * Starts a process on the world. One that dies writes and publishes nothing afterwards; `pause` runs before each of
   * its reads, writes and publications.
   */
  start(life?: { dies?: Death | undefined; pause?: (() => Promise<void>) | undefined }): Deciding<Thing>;
  /** Publishes everything that is left, whatever its age. */
  sweep(): Promise<void>;
};

export function makeWorld(things: Documents<Thing>): World {
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
    const mortal: Documents<Thing> = {
      ...things,
      get: async (id) => {
        await pause();
        return things.get(id);
      },
      put: (put) => write(() => things.put(put)),
      remove: (removal) => write(() => things.remove(removal)),
      clearPublished: async (id, factIds) => {
        alive();
        await things.clearPublished(id, factIds);
      },
    };
    const mortalPublish: Publish = async (contract, payload, context) => {
      await pause();
      alive();
      if (dies === 'before-publish') die();
      await publish(contract, payload, context);
      if (dies === 'after-publish') die();
    };
    const newId = () => `id-${++ids}`;
    return deciding(mortal, { publish: mortalPublish, clock, newId, log: silentLog });
  };

  const sweep = async () => {
    const target = { documents: things, publish, clock, log: silentLog };
    await sweepUnpublished(target, { contracts: [ThingCounted, ThingRemoved], olderThanMs: 0, limit: 1000 });
  };
  return { things, clock, published, start, sweep };
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
