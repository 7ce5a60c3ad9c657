import type { Bus } from '@vfleet/bus/bus';
import type { DocumentStore, Documents } from '@vfleet/documents/documents';

/** How often a store was asked to write and a bus to carry something, since the last `reset`. */
export type Counter = { puts: number; messages: number; questions: number; reset(): void };

export function makeCounter(): Counter {
  const counter: Counter = {
    puts: 0,
    messages: 0,
    questions: 0,
    reset() {
      Object.assign(counter, { puts: 0, messages: 0, questions: 0 });
    },
  };
  return counter;
}

/** The same store, its durable writes counted; taking a confirmed fact out of a document is one too. */
export function countingStore(store: DocumentStore, counter: Counter): DocumentStore {
  const inner = new WeakMap<Documents<never>, Documents<never>>();
  const counted = <Body>(documents: Documents<Body>): Documents<Body> => {
    const made: Documents<Body> = {
      ...documents,
      put: (put) => {
        counter.puts++;
        return documents.put(put);
      },
      remove: (removal) => {
        counter.puts++;
        return documents.remove(removal);
      },
      clearPublished: (id, factIds) => {
        counter.puts++;
        return documents.clearPublished(id, factIds);
      },
    };
    inner.set(made as unknown as Documents<never>, documents as unknown as Documents<never>);
    return made;
  };
  return {
    ...store,
    open: async (collection) => counted(await store.open(collection)),
    commit: (writes) => {
      counter.puts++;
      return store.commit(
        writes.map((write) => ({ ...write, documents: inner.get(write.documents) ?? write.documents })),
      );
    },
  };
}

/** The same bus, what it carries counted: facts and messages to hosts, and questions, which have an answer each. */
export function countingBus(bus: Bus, counter: Counter): Bus {
  return {
    ...bus,
    ask: (...question) => {
      counter.questions++;
      return bus.ask(...question);
    },
    publish: (...fact) => {
      counter.messages++;
      return bus.publish(...fact);
    },
    tell: (...message) => {
      counter.messages++;
      return bus.tell(...message);
    },
  };
}
