import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { eventKey, hostKey, hostPattern, queueOf, type Topology, topologyOf } from '@vfleet/contracts/topology';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { consume } from './amqp/consumer.ts';
import { graveyardOn } from './amqp/dead-letters.ts';
import { declareExclusive, declareTopology } from './amqp/declare.ts';
import { openLink } from './amqp/link.ts';
import { properties } from './amqp/properties.ts';
import { askerOn } from './amqp/rpc.ts';
import { AMQP_SETTINGS, type AmqpSettings } from './amqp/settings.ts';
import { checkFollowed, checkObeyed, checkServed, followedPatterns } from './bindings.ts';
import { type Bus, BusUnavailable, type Subscription } from './bus.ts';
import type { GiveUp } from './delivery.ts';
import { writeMessage } from './wire.ts';

export type AmqpOptions = {
  /** `amqp://` or `amqps://` with user and password; never logged. */
  url: string;
  clock: Clock;
  log: Log;
  /** What the broker's tools call this process. */
  name?: string | undefined;
  /**
   * A control service declares the topology, asks and is answered. An agent may read its host's messages and write its
   * host's events, and does nothing else: it declares only its own exclusive queue.
   */
  role?: 'service' | 'agent' | undefined;
  /** What is routed; the product's own contracts unless told. */
  topology?: Topology | undefined;
  settings?: Partial<AmqpSettings> | undefined;
};

/**
 * The bus on RabbitMQ. Connections, channels, consumers and topology come back by themselves after a loss; what is
 * published meanwhile waits a bounded time. A service takes and publishes over two connections, so that a broker that
 * blocks publishers still gets acks; an agent has one.
 * Two agents with one host id each get every message to it: inventory tells them apart by boot and sequence.
 * Throws BusUnavailable when there is no first connection within `startTimeoutMs`.
 */
export async function amqpBus({
  url,
  clock,
  log,
  name = 'vfleet',
  role = 'service',
  topology = topologyOf(ALL_CONTRACTS),
  settings: given,
}: AmqpOptions): Promise<Bus> {
  const settings = { ...AMQP_SETTINGS, ...given };
  const { exchanges, prefix } = topology;
  const base = { url, clock, log, settings };
  const publishing = await openLink({ ...base, name });
  const consuming = role === 'agent' ? publishing : await openLink({ ...base, name: `${name} (consumer)` });
  const links = new Set([publishing, consuming]);
  if (role === 'service') for (const link of links) await link.use((session) => declareTopology(session, topology));
  const asker = await askerOn(publishing, { topology, clock, log, settings, role });
  const { publisher } = asker;
  const graveyard = graveyardOn(consuming, { topology, publisher, clock });
  const subscriptions = new Set<Subscription>();
  let closing: Promise<void> | null = null;

  function assertOpen(what: string): void {
    if (closing) throw new BusUnavailable(`${what}: the bus is closed`);
  }

  async function keep(
    options: Pick<Parameters<typeof consume>[1], 'bindings' | 'enter' | 'giveUp' | 'subscribed' | 'lost' | 'asksOn'>,
  ) {
    const subscription = await consume(consuming, { ...options, publisher, clock, log, settings });
    subscriptions.add(subscription);
    return { close: () => subscription.close().finally(() => subscriptions.delete(subscription)) };
  }

  async function shut(): Promise<void> {
    await Promise.all([...subscriptions].map((subscription) => subscription.close()));
    asker.failAll(new BusUnavailable('the bus is closed'));
    publisher.close();
    await Promise.all([...links].map((link) => link.close()));
  }

  const bus: Bus = {
    async ask(contract, request, context, limits) {
      assertOpen(contract.name);
      return asker.ask(contract, request, context, limits);
    },
    async publish(contract, payload, context) {
      assertOpen(contract.name);
      const body = writeMessage(contract, { schema: contract.payload, value: payload }, context);
      const mandatory = contract.consumers.length > 0;
      const options = { ...properties(contract, context, { transient: contract.transient }), mandatory };
      const message = { exchange: exchanges.events.name, key: eventKey(contract, payload), body, options };
      if (contract.transient) return publisher.hand(message);
      if ((await publisher.send(message)) === 'returned')
        throw new BusUnavailable(`${contract.name}: no queue takes it`);
    },
    async tell(contract, hostId, payload, context) {
      assertOpen(contract.name);
      const body = writeMessage(contract, { schema: contract.payload, value: payload }, context);
      const options = { ...properties(contract, context, { transient: true }), mandatory: true };
      const message = { exchange: exchanges.hosts.name, key: hostKey(contract, hostId), body, options };
      return (await publisher.send(message)) === 'returned' ? 'no-agent' : 'delivered';
    },
    async serve(service, bindings) {
      assertOpen(service);
      const unhandled = checkServed(topology, service, bindings);
      if (unhandled.length > 0) log.warn({ service, unhandled }, 'messages of the service have no handler here');
      const queue = queueOf(topology, service);
      const asksOn = exchanges.commands.name;
      return keep({ bindings, giveUp: graveyard.bury(service), enter: async () => queue, asksOn });
    },
    async follow(bindings, subscribed) {
      assertOpen('follow');
      checkFollowed(bindings);
      const own = {
        owner: `${prefix}.follower`,
        exchange: exchanges.events.name,
        patterns: followedPatterns(bindings),
      };
      return keep({ bindings, giveUp: letGo, enter: (channel) => declareExclusive(channel, own), subscribed });
    },
    async attach(hostId, bindings, { subscribed, lost, unreadable } = {}) {
      assertOpen(`host ${hostId}`);
      checkObeyed(bindings);
      const own = { owner: null, exchange: exchanges.hosts.name, patterns: [hostPattern(hostId)] };
      const giveUp: GiveUp = async ({ name: message, reason, problem }) => {
        if (reason === 'unreadable') unreadable?.(message, problem);
      };
      return keep({ bindings, giveUp, enter: (channel) => declareExclusive(channel, own), subscribed, lost });
    },
    async deadLetters(service, limit) {
      assertOpen(service);
      return graveyard.deadLetters(service, limit);
    },
    async replayDeadLetters(service, ids) {
      assertOpen(service);
      return graveyard.replayDeadLetters(service, ids);
    },
    connected: () => !closing && [...links].every((link) => link.connected()),
    close() {
      closing ??= shut();
      return closing;
    },
  };

  try {
    if (settings.startTimeoutMs > 0) {
      await Promise.all([...links].map((link) => link.waitConnected(settings.startTimeoutMs)));
    }
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}

/** A follower reads its snapshot again after every trouble: what it could not take is logged, and kept nowhere. */
async function letGo(): Promise<void> {}
