import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { type Topology, topologyOf } from '@vfleet/contracts/topology';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Bus } from './bus.ts';
import { brokerOf } from './memory/broker.ts';
import { type MemoryConnection, memoryConnection } from './memory/connection.ts';
import { type BusFaults, faultSource } from './memory/faults.ts';
import type { MemorySettings } from './memory/subscription.ts';
import { PATIENCE } from './patience.ts';

export type MemoryOptions = {
  clock: Clock;
  log: Log;
  faults?: BusFaults | undefined;
  /** What is routed; the product's own contracts unless told. */
  topology?: Topology | undefined;
  settings?: Partial<MemorySettings> | undefined;
};

export type MemoryBus = Bus & {
  /**
   * Resolves when no message is queued, handled or held anywhere on this broker. A queue that nobody serves does not
   * count. What is held needs its clock to move.
   */
  idle(): Promise<void>;
  /** The process of this connection dies: unacked messages are delivered again, to others or to its successor. */
  die(): void;
};

/** A broker in memory, to which any number of processes connect; it forgets everything on its own death. */
export type MemoryBroker = {
  connect(): MemoryBus;
  idle(): Promise<void>;
  /** The broker dies and is back, empty: messages and dead letters are gone, every process is subscribed again. */
  crash(): void;
};

/**
 * The bus within one process, honest to the AMQP one: it validates at both ends, crosses JSON, routes by the same
 * topology, retries and gives up by the same rules, and passes the same suite. Durable it is not. `faults` makes it
 * duplicate, delay, reorder and lose, the same way for the same seed.
 */
export function memoryBroker({ clock, log, faults, topology, settings }: MemoryOptions): MemoryBroker {
  const routes = topology ?? topologyOf(ALL_CONTRACTS);
  const broker = brokerOf({ topology: routes, clock, faults: faults ? faultSource(faults) : null });
  const connections = new Set<MemoryConnection>();
  const all = { patience: PATIENCE, prefetch: 256, closeTimeoutMs: 10_000, ...settings };
  return {
    idle: broker.idle,
    connect() {
      const connection = memoryConnection({ broker, topology: routes, clock, log, settings: all });
      connections.add(connection);
      return {
        ...connection,
        idle: broker.idle,
        die() {
          connections.delete(connection);
          connection.die();
        },
        async close() {
          await connection.close();
          connections.delete(connection);
        },
      };
    },
    crash() {
      for (const connection of connections) connection.disconnect();
      broker.forget();
      for (const connection of connections) connection.reconnect();
    },
  };
}
