import type { DocumentStore, Documents } from '@vfleet/documents/documents';

/**
 * A store through which a process can be made to die right after one of its puts: it never hears that the put is done,
 * and says nothing about it to anybody. `die` ends the process's connection. `reads` counts documents read by their id.
 */
export function mortalStore(
  store: DocumentStore,
  die: () => void,
): { store: DocumentStore; diesAfterNextPut: () => void; reads: () => number } {
  let isDoomed = false;
  let reads = 0;

  function mortal<Body>(documents: Documents<Body>): Documents<Body> {
    return {
      ...documents,
      get: (id) => {
        reads++;
        return documents.get(id);
      },
      put: async (put) => {
        const outcome = await documents.put(put);
        if (!isDoomed || !outcome.ok) return outcome;
        isDoomed = false;
        die();
        return new Promise(() => undefined);
      },
    };
  }

  return {
    store: { ...store, open: async (collection) => mortal(await store.open(collection)) },
    diesAfterNextPut: () => {
      isDoomed = true;
    },
    reads: () => reads,
  };
}
