import type { DocumentStore, Documents, Write } from '@vfleet/documents/documents';

/**
 * A store whose every read and write begins after a pause: where the pauses are of random length, what runs at once
 * interleaves in every way. For tests.
 */
export function stutteringStore(store: DocumentStore, pause: () => Promise<void>): DocumentStore {
  const originals = new Map<unknown, Documents<never>>();
  const original = (write: Write): Write => ({
    ...write,
    documents: originals.get(write.documents) ?? write.documents,
  });
  return {
    open: async (collection) => {
      const documents = await store.open(collection);
      const stuttering = after(pause, documents);
      originals.set(stuttering, documents as unknown as Documents<never>);
      return stuttering;
    },
    commit: async (writes) => {
      await pause();
      return store.commit(writes.map(original));
    },
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

function after<Body>(pause: () => Promise<void>, documents: Documents<Body>): Documents<Body> {
  return new Proxy(documents, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        await pause();
        return Reflect.apply(value, target, args);
      };
    },
  });
}
