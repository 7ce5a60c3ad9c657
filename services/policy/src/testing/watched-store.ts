import type { DocumentStore, Documents } from '@vfleet/documents/documents';

/** What is about to be written. */
export type WriteAhead = { collection: string; id: string; kind: 'put' | 'remove' };

/**
 * A store that tells of every write of a decision before it is made: what a test does then happens between what the
 * decision has read and what it writes.
 */
export function watchedStore(store: DocumentStore, beforeWrite: (write: WriteAhead) => Promise<void>): DocumentStore {
  return {
    ...store,
    open: async (collection) => {
      const documents = await store.open(collection);
      return Object.assign(documents, watched(documents, beforeWrite));
    },
    commit: async (writes) => {
      for (const write of writes) {
        const { documents, kind } = write;
        const id = kind === 'put' ? write.put.id : kind === 'remove' ? write.removal.id : write.id;
        if (kind !== 'guard') await beforeWrite({ collection: documents.collection.name, id, kind });
      }
      return store.commit(writes);
    },
  };
}

function watched<Body>(
  { collection, put, remove }: Documents<Body>,
  beforeWrite: (write: WriteAhead) => Promise<void>,
): Pick<Documents<Body>, 'put' | 'remove'> {
  return {
    put: async (write) => {
      await beforeWrite({ collection: collection.name, id: write.id, kind: 'put' });
      return put(write);
    },
    remove: async (removal) => {
      await beforeWrite({ collection: collection.name, id: removal.id, kind: 'remove' });
      return remove(removal);
    },
  };
}
