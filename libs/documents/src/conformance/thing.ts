import { z } from 'zod';
import type { Collection, DocumentStore, Documents, Put, PutOutcome, Stored, UnpublishedFact } from '../documents.ts';

/** A store under test. `reopen` closes it and opens the same data again; `destroy` closes what is open and forgets it. */
export type StoreUnderTest = {
  store: DocumentStore;
  reopen(): Promise<DocumentStore>;
  destroy(): Promise<void>;
};

/** The store of the running test. */
export type Subject = { readonly store: DocumentStore; reopen(): Promise<DocumentStore> };

const Thing = z.object({
  name: z.string(),
  colour: z.string().nullable(),
  serials: z.array(z.string()),
  count: z.int(),
  rest: z.unknown(),
});
export type Thing = z.infer<typeof Thing>;

/** A collection with a unique key, a unique key of several values, and a key that many may hold. */
export const THINGS: Collection<Thing> = {
  name: 'things',
  schema: Thing,
  schemaVersion: 1,
  keys: {
    name: { unique: true, of: ({ name }) => name },
    serial: { unique: true, of: ({ serials }) => serials },
    colour: { of: ({ colour }) => colour },
  },
};

export function thing(changes: Partial<Thing> & { name: string }): Thing {
  return { colour: null, serials: [], count: 0, rest: null, ...changes };
}

/** A put without answers and facts. */
export function putOfThing(id: string, expectedVersion: number, body: Thing): Put<Thing> {
  return { id, expectedVersion, body, answers: [], unpublished: [] };
}

/** Puts a new thing named as its id and answers it as stored. */
export async function put(things: Documents<Thing>, id: string, changes: Partial<Thing> = {}): Promise<Stored<Thing>> {
  const outcome = await things.put(putOfThing(id, 0, thing({ name: id, ...changes })));
  if (!outcome.ok) throw new Error(`${id} was refused: ${outcome.reason}`);
  const stored = await things.get(id);
  if (!stored) throw new Error(`${id} is not there after its put`);
  return stored;
}

/** Two collections whose documents refer to each other, as profiles do to networks. */
export async function openBoth(
  store: DocumentStore,
): Promise<{ networks: Documents<Thing>; profiles: Documents<Thing> }> {
  return { networks: await store.open({ ...THINGS, name: 'networks' }), profiles: await store.open(THINGS) };
}

export function factOf(id: string, version = 1): UnpublishedFact {
  return {
    id,
    name: 'inventory.host-changed',
    payload: { 'a.$b': [1, null, 'ü'] },
    version,
    actor: { kind: 'user', name: 'admin@internal' },
    correlationId: 'c1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    at: '2026-01-01T00:00:00.000Z',
  };
}

export function accepted(outcomes: readonly PutOutcome[]): PutOutcome[] {
  return outcomes.filter(({ ok }) => ok);
}
