/** A message in a queue. `returns` counts how often a consumer went away with it unacked, as quorum queues do. */
export type Parcel = {
  id: string;
  name: string;
  body: string;
  /** The key it was sent under. */
  key: string | null;
  returns: number;
  reply?: ((body: string) => void) | undefined;
};

type Consumer = {
  /** How many unacked messages it takes at a time. */
  window(): number;
  take(parcel: Parcel): void;
};

export type Consumption = {
  ack(parcel: Parcel): void;
  /** Takes no more; what it has can still be acked. */
  cancel(): void;
  /** Goes away: what it has not acked is at the head of the queue again. */
  leave(): void;
  /** Its window may have grown. */
  widened(): void;
};

export type MemoryQueue = {
  push(...parcels: Parcel[]): void;
  consume(consumer: Consumer): Consumption;
  /** Messages on their way to a consumer that is there; those of a queue that nobody consumes do not count. */
  busy(): number;
  /** Forgets what no consumer has. */
  clear(): void;
};

/**
 * A queue in memory: competing consumers take turns, each within its window. A message returned more often than
 * `returnLimit` goes to `refused` instead. `settled` is called whenever a message has left.
 */
export function memoryQueue({
  returnLimit,
  refused,
  settled,
}: {
  returnLimit: number;
  refused: (parcel: Parcel) => void;
  settled: () => void;
}): MemoryQueue {
  const ready: Parcel[] = [];
  const consumers: { consumer: Consumer; has: Set<Parcel> }[] = [];
  let unacked = 0;
  let handingOut = false;

  /** Hands out on a later microtask: nobody is called from within a publish or an ack. */
  function handOut(): void {
    if (handingOut) return;
    handingOut = true;
    queueMicrotask(() => {
      handingOut = false;
      while (ready.length > 0) {
        const turn = consumers.findIndex(({ consumer, has }) => has.size < consumer.window());
        const [next] = turn < 0 ? [] : consumers.splice(turn, 1);
        if (!next) return;
        consumers.push(next);
        const parcel = { ...(ready.shift() as Parcel) };
        next.has.add(parcel);
        unacked++;
        next.consumer.take(parcel);
      }
    });
  }

  function consume(consumer: Consumer): Consumption {
    const mine = { consumer, has: new Set<Parcel>() };
    consumers.push(mine);
    handOut();
    function cancel(): void {
      const at = consumers.indexOf(mine);
      if (at >= 0) consumers.splice(at, 1);
    }
    return {
      cancel,
      widened: handOut,
      ack(parcel) {
        if (!mine.has.delete(parcel)) return;
        unacked--;
        handOut();
        settled();
      },
      leave() {
        cancel();
        const back = [...mine.has].map((parcel) => ({ ...parcel, returns: parcel.returns + 1 }));
        unacked -= mine.has.size;
        mine.has.clear();
        ready.unshift(...back.filter(({ returns }) => returns <= returnLimit));
        for (const parcel of back) if (parcel.returns > returnLimit) refused(parcel);
        handOut();
        settled();
      },
    };
  }

  return {
    consume,
    push(...parcels) {
      ready.push(...parcels);
      handOut();
    },
    busy: () => unacked + (consumers.length > 0 ? ready.length : 0),
    clear() {
      ready.length = 0;
      settled();
    },
  };
}
