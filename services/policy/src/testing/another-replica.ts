import { type Collection, type DocumentStore, guardOf, putOf } from '@vfleet/documents/documents';

/** What another replica writes into the store, past all rules. */
export function anotherReplica(store: DocumentStore) {
  return {
    async adds<Body extends { id: string }>(collection: Collection<Body>, bodies: readonly Body[]): Promise<void> {
      const documents = await store.open(collection);
      for (const body of bodies) {
        const outcome = await documents.put(first(body));
        if (!outcome.ok) throw new Error(`${collection.name} ${body.id}: ${outcome.reason}`);
      }
    },
    /** Adds an entity that refers to another one, which it guards. */
    async addsResting<Body extends { id: string }, Other>(
      collection: Collection<Body>,
      body: Body,
      { on, id }: { on: Collection<Other>; id: string },
    ): Promise<void> {
      const others = await store.open(on);
      const other = await others.get(id);
      if (!other) throw new Error(`${on.name} ${id} is not there`);
      const outcome = await store.commit([putOf(await store.open(collection), first(body)), guardOf(others, other)]);
      if (!outcome.ok) throw new Error(`${collection.name} ${body.id}: write ${outcome.at} was refused`);
    },
  };
}

/** Does something the first time it is called. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    isDone = true;
    await work();
  };
}

function first<Body extends { id: string }>(body: Body) {
  return { id: body.id, expectedVersion: 0, body, answers: [], unpublished: [] };
}
