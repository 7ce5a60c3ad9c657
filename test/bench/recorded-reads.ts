import type { DocumentStore, Documents } from '@vfleet/documents/documents';

/** One read of a document or a page of them, as it was asked of the store; calling it asks the bare store again. */
export type Read = () => Promise<unknown>;

/** A store whose reads are recorded while `during` runs, so that the same reads can be made without anything around them. */
export type RecordingStore = { store: DocumentStore; during: (work: () => Promise<unknown>) => Promise<Read[]> };

const READS = ['get', 'tombstone', 'find', 'list', 'search'] as const satisfies (keyof Documents<unknown>)[];

/** Makes the reads of a store recordable; writes and everything else pass as they are. */
export function recordingStore(bare: DocumentStore): RecordingStore {
  let reads: Read[] | undefined;

  function recorded<Body>(documents: Documents<Body>): Documents<Body> {
    const entries = READS.map((name) => {
      const read = documents[name] as (...args: unknown[]) => Promise<unknown>;
      return [
        name,
        (...args: unknown[]) => {
          reads?.push(() => read(...args));
          return read(...args);
        },
      ];
    });
    // The documents themselves are changed: a commit knows them by identity.
    return Object.assign(documents, Object.fromEntries(entries));
  }

  return {
    store: { ...bare, open: async (collection) => recorded(await bare.open(collection)) },
    during: async (work) => {
      const made: Read[] = [];
      reads = made;
      await work();
      reads = undefined;
      return made;
    },
  };
}
