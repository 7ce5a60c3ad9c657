import { commandKey, eventKey, hostKey, hostPattern, queueOf, type Topology } from '@vfleet/contracts/topology';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { asks } from '../asks.ts';
import { checkFollowed, checkObeyed, checkServed, followedPatterns } from '../bindings.ts';
import { type Bus, BusUnavailable } from '../bus.ts';
import type { GiveUp } from '../delivery.ts';
import { writeMessage } from '../wire.ts';
import type { Broker } from './broker.ts';
import { type MemorySettings, type MemorySubscription, subscribe } from './subscription.ts';

/** A process's connection to the broker. `die` and `crash` are what the process and the broker go through in tests. */
export type MemoryConnection = Bus & {
  /** The process dies: its unacked messages go back to their queues, and nothing it still does is heard. */
  die(): void;
  /** The broker is about to die: lets go of every queue. */
  disconnect(): void;
  /** The broker is back: subscribes again. */
  reconnect(): void;
};

export function memoryConnection({
  broker,
  topology,
  clock,
  log,
  settings,
}: {
  broker: Broker;
  topology: Topology;
  clock: Clock;
  log: Log;
  settings: MemorySettings;
}): MemoryConnection {
  const { exchanges } = topology;
  const pending = asks(clock);
  const subscriptions = new Set<MemorySubscription>();
  let open = true;

  function assertOpen(name: string): void {
    if (!open) throw new BusUnavailable(`${name}: the bus is closed`);
  }

  function keep(options: Omit<Parameters<typeof subscribe>[0], 'clock' | 'log' | 'settings'>): MemorySubscription {
    const subscription = subscribe({ ...options, clock, log, settings });
    subscriptions.add(subscription);
    return { ...subscription, close: () => subscription.close().finally(() => subscriptions.delete(subscription)) };
  }

  return {
    async ask(contract, request, context, limits) {
      assertOpen(contract.name);
      const body = writeMessage(contract, { schema: contract.request, value: request }, context);
      const { token, verdict, over, fail } = pending.open(contract, context.id, limits);
      const reply = (answer: string) => {
        if (!broker.losesReply()) queueMicrotask(() => pending.answer(token, answer));
      };
      const key = commandKey(contract);
      const parcel = { id: context.id, name: contract.name, body, key, returns: 0, reply };
      if (!over.aborted && broker.publish(exchanges.commands.name, key, parcel) === 0) {
        fail(new BusUnavailable(`${contract.name}: nobody owns it`));
      }
      return verdict;
    },
    async publish(contract, payload, context) {
      assertOpen(contract.name);
      const body = writeMessage(contract, { schema: contract.payload, value: payload }, context);
      const key = eventKey(contract, payload);
      broker.publish(exchanges.events.name, key, { id: context.id, name: contract.name, body, key, returns: 0 });
    },
    async tell(contract, hostId, payload, context) {
      assertOpen(contract.name);
      const body = writeMessage(contract, { schema: contract.payload, value: payload }, context);
      const key = hostKey(contract, hostId);
      const parcel = { id: context.id, name: contract.name, body, key, returns: 0 };
      return broker.publish(exchanges.hosts.name, key, parcel) > 0 ? 'delivered' : 'no-agent';
    },
    async serve(service, bindings) {
      assertOpen(service);
      const unhandled = checkServed(topology, service, bindings);
      if (unhandled.length > 0) log.warn({ service, unhandled }, 'messages of the service have no handler here');
      const queue = queueOf(topology, service);
      const giveUp: GiveUp = async (letter) => {
        broker.deadLetters(queue).push({ ...letter, queue });
      };
      return keep({ bindings, giveUp, enter: () => ({ queue: broker.durable(queue) }) });
    },
    async follow(bindings, onSubscribed) {
      assertOpen('follow');
      checkFollowed(bindings);
      const enter = () => broker.exclusive(exchanges.events.name, followedPatterns(bindings));
      return keep({ bindings, giveUp: async () => undefined, enter, subscribed: onSubscribed });
    },
    async attach(hostId, bindings, { subscribed, lost, unreadable } = {}) {
      assertOpen(`host ${hostId}`);
      checkObeyed(bindings);
      const enter = () => broker.exclusive(exchanges.hosts.name, [hostPattern(hostId)]);
      const giveUp: GiveUp = async ({ name, reason, problem }) => {
        if (reason === 'unreadable') unreadable?.(name, problem);
      };
      return keep({ bindings, giveUp, enter, subscribed, lost });
    },
    async deadLetters(service, limit) {
      return broker.deadLetters(queueOf(topology, service)).slice(0, limit);
    },
    async replayDeadLetters(service, ids) {
      const queue = queueOf(topology, service);
      const letters = broker.deadLetters(queue);
      const chosen = letters.filter(({ id }) => ids.includes(id));
      for (const { id, name, body, key } of chosen) broker.durable(queue).push({ id, name, body, key, returns: 0 });
      letters.splice(0, letters.length, ...letters.filter(({ id }) => !ids.includes(id)));
      return chosen.length;
    },
    connected: () => open,
    async close() {
      if (!open) return;
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      open = false;
      subscriptions.clear();
      pending.failAll(new BusUnavailable('the bus is closed'));
    },
    die() {
      open = false;
      for (const subscription of subscriptions) subscription.drop();
      subscriptions.clear();
      pending.failAll(new BusUnavailable('the process died'));
    },
    disconnect() {
      for (const subscription of subscriptions) subscription.lose();
    },
    reconnect() {
      for (const subscription of subscriptions) subscription.place();
    },
  };
}
