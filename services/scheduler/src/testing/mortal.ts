import type { Bus } from '@vfleet/bus/bus';
import type { DocumentStore, Documents } from '@vfleet/documents/documents';

/** What a process says and writes: it can be ended between any two of these calls, and be seen to be at rest. */
export type Mortal = {
  bus: Bus;
  store: DocumentStore;
  /** Calls that were begun so far: an instant lies before each, and one after the last. */
  instants(): number;
  /** The process ends at this instant, counted from now: nothing that it does afterwards has any effect. */
  dieAt(instant: number): void;
  isDead(): boolean;
  /** The process stands still from this instant on, counted from now, and knows nothing of it when it goes on. */
  freezeAt(instant: number): void;
  isFrozen(): boolean;
  thaw(): void;
  /** Ends it now. */
  die(): void;
  /** Reads and writes of the store that it waits for. */
  inFlight(): number;
};

/** Wraps the bus and the store of a process. `onDeath` has the rest of the world see that it is gone. */
export function mortal({ bus, store, onDeath }: { bus: Bus; store: DocumentStore; onDeath: () => void }): Mortal {
  let instants = 0;
  let last = Number.POSITIVE_INFINITY;
  let inFlight = 0;
  let isDead = false;
  let freezes = Number.POSITIVE_INFINITY;
  let frozen: ReturnType<typeof Promise.withResolvers<void>> | undefined;

  function die(): void {
    if (isDead) return;
    isDead = true;
    onDeath();
  }

  /** A dead process never comes to know what became of a call. */
  function pass(): Promise<void> {
    if (!isDead && ++instants >= last) die();
    if (instants >= freezes) frozen ??= Promise.withResolvers();
    return isDead ? new Promise(() => {}) : (frozen?.promise ?? Promise.resolve());
  }

  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    await pass();
    const result = await work();
    return isDead ? new Promise(() => {}) : result;
  }

  async function counted<Result>(work: () => Promise<Result>): Promise<Result> {
    inFlight++;
    return work().finally(() => inFlight--);
  }

  function mortalCalls<Port extends object>(port: Port, names: readonly (keyof Port)[], isWrite = false): Port {
    return new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function' || !names.includes(name as keyof Port)) return value;
        return (...args: unknown[]) => {
          const work = () => Reflect.apply(value, target, args) as Promise<unknown>;
          return call(isWrite ? () => counted(work) : work);
        };
      },
    });
  }

  return {
    bus: mortalCalls(bus, ['ask', 'tell', 'publish']),
    store: {
      ...store,
      open: async <Body>(collection: Parameters<typeof store.open<Body>>[0]): Promise<Documents<Body>> =>
        mortalCalls(await store.open(collection), ['get', 'find', 'search', 'put', 'remove', 'tombstone'], true),
    },
    instants: () => instants,
    dieAt: (instant) => {
      last = instants + instant;
    },
    isDead: () => isDead,
    freezeAt: (instant) => {
      freezes = instants + instant;
    },
    isFrozen: () => frozen !== undefined,
    thaw: () => {
      freezes = Number.POSITIVE_INFINITY;
      frozen?.resolve();
      frozen = undefined;
    },
    die,
    inFlight: () => inFlight,
  };
}
