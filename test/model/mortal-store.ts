import type { DocumentStore, Documents } from '@vfleet/documents/documents';
import type { Mortal } from '@vfleet/host-agent/testing/killable';

/** The store as one process has it: after its death nothing it calls has an effect or returns. */
export function mortalStore(store: DocumentStore, process: Mortal): DocumentStore {
  const lasting = new Map<unknown, Documents<never>>();
  const part = process.part(store);
  return {
    ...part,
    open: async (collection) => {
      const documents = await part.open(collection);
      const mortal = process.part(documents);
      lasting.set(mortal, documents as unknown as Documents<never>);
      return mortal;
    },
    commit: (writes) =>
      part.commit(writes.map((write) => ({ ...write, documents: lasting.get(write.documents) ?? write.documents }))),
    ping: () => part.ping(),
    close: async () => undefined,
  };
}
