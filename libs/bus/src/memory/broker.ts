import { setImmediate as turn } from 'node:timers/promises';
import { DELIVERY_LIMIT, type Topology } from '@vfleet/contracts/topology';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { alarm } from '../alarm.ts';
import type { DeadLetter } from '../bus.ts';
import type { Fate, FaultSource } from './faults.ts';
import { type MemoryQueue, memoryQueue, type Parcel } from './queue.ts';

/** What connections see of the broker they share. */
export type Broker = {
  /** Routes by key; answers how many queues took the parcel. */
  publish(exchange: string, key: string, parcel: Parcel): number;
  /** The declared queue of that name. */
  durable(name: string): MemoryQueue;
  /** A queue of one connection, bound to an exchange by patterns; `remove` ends both. */
  exclusive(exchange: string, patterns: readonly string[]): { queue: MemoryQueue; remove: () => void };
  losesReply(): boolean;
  /** Dead letters by the queue they came from, oldest first; the array is the store itself. */
  deadLetters(queue: string): DeadLetter[];
  /** Resolves when no message is queued for, held by or handled in any connection. */
  idle(): Promise<void>;
  /** Forgets every message and dead letter. Consumers have left before. */
  forget(): void;
};

const UNTOUCHED: Fate = { copies: [{ delayMs: 0 }], overtaken: false };

type Inlet = { queue: MemoryQueue; overtaken: Parcel[] };

/**
 * The broker's part of the memory bus: exchanges, durable queues and their dead letters as the topology declares them.
 * Patterns are those a topology makes: a whole key, or one whose last word is `*`.
 */
export function brokerOf({
  topology,
  clock,
  faults,
}: {
  topology: Topology;
  clock: Clock;
  faults: FaultSource | null;
}): Broker {
  const graves = new Map<string, DeadLetter[]>(topology.queues.map(({ name }) => [name, []]));
  const durables = new Map(topology.queues.map(({ name }) => [name, inlet(name)]));
  const all = new Set(durables.values());
  const bound = new Map<string, Set<Inlet>>();
  const idlers = new Set<() => void>();
  let late = 0;
  let life = 0;

  for (const { exchange, queue, key } of topology.bindings) {
    const target = durables.get(queue);
    if (target) bind(exchange, key, target);
  }

  function inlet(name: string | null): Inlet {
    const refused = ({ id, name: message, body, key, returns }: Parcel) => {
      const problem = `${returns} consumers went away with it`;
      const letter = { id, name: message, reason: 'delivery-limit' as const, problem, at: isoNow(clock), key, body };
      if (name !== null) graves.get(name)?.push({ ...letter, queue: name });
    };
    return { queue: memoryQueue({ returnLimit: DELIVERY_LIMIT, refused, settled: wakeIdlers }), overtaken: [] };
  }

  function bind(exchange: string, pattern: string, target: Inlet): void {
    const address = `${exchange} ${pattern}`;
    bound.set(address, (bound.get(address) ?? new Set()).add(target));
  }

  function enter(target: Inlet, parcel: Parcel): void {
    const { copies, overtaken } = faults?.fate() ?? UNTOUCHED;
    for (const { delayMs } of copies) {
      const copy = { ...parcel };
      if (overtaken) {
        target.overtaken.push(copy);
        later(faults?.delayUpToMs ?? 0, () => target.queue.push(...target.overtaken.splice(0)));
      } else if (delayMs > 0) later(delayMs, () => target.queue.push(copy));
      else target.queue.push(copy, ...target.overtaken.splice(0));
    }
  }

  function later(ms: number, then: () => void): void {
    const current = life;
    late++;
    alarm(clock, ms, () => {
      if (current !== life) return;
      late--;
      then();
      wakeIdlers();
    });
  }

  function isIdle(): boolean {
    return late === 0 && [...all].every(({ queue }) => queue.busy() === 0);
  }

  function wakeIdlers(): void {
    if (idlers.size === 0 || !isIdle()) return;
    for (const wake of idlers) wake();
    idlers.clear();
  }

  return {
    publish(exchange, key, parcel) {
      const targets = new Set(
        [key, `${key.slice(0, key.lastIndexOf('.'))}.*`].flatMap((pattern) => [
          ...(bound.get(`${exchange} ${pattern}`) ?? []),
        ]),
      );
      for (const target of targets) enter(target, parcel);
      return targets.size;
    },
    durable(name) {
      const found = durables.get(name);
      if (!found) throw new Error(`${name}: no such queue`);
      return found.queue;
    },
    exclusive(exchange, patterns) {
      const target = inlet(null);
      all.add(target);
      for (const pattern of patterns) bind(exchange, pattern, target);
      function remove(): void {
        all.delete(target);
        for (const pattern of patterns) {
          const others = bound.get(`${exchange} ${pattern}`);
          others?.delete(target);
          if (others?.size === 0) bound.delete(`${exchange} ${pattern}`);
        }
        wakeIdlers();
      }
      return { queue: target.queue, remove };
    },
    losesReply: () => faults?.losesReply() ?? false,
    deadLetters: (queue) => graves.get(queue) ?? [],
    async idle() {
      for (;;) {
        await turn();
        if (isIdle()) return;
        await new Promise<void>((resolve) => idlers.add(resolve));
      }
    },
    forget() {
      life++;
      late = 0;
      for (const { queue, overtaken } of all) {
        overtaken.length = 0;
        queue.clear();
      }
      for (const letters of graves.values()) letters.length = 0;
    },
  };
}
