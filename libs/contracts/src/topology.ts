import type { Command, Event, HostMessage, ServiceName } from './define.ts';

/** What routing needs to know of a contract; every command, query, event and host message is one. */
export type Routed =
  | Pick<Command, 'kind' | 'name' | 'service'>
  | Pick<Event, 'kind' | 'name' | 'consumers' | 'followers' | 'transient'>
  | Pick<HostMessage, 'kind' | 'name'>;

export type Exchange = { name: string; type: 'topic' | 'direct' };

/** A durable queue. `arguments` are data the broker keeps: a declaration with other ones is refused by it. */
export type Queue = { name: string; service: ServiceName; arguments: Record<string, string | number> };

export type Binding = { exchange: string; queue: string; key: string };

/**
 * What the broker holds for the product, apart from the exclusive queues of agents and followers. `queues` are what
 * services serve, each with a queue of the same position in `deadLetterQueues`, where a person looks at what was given up.
 */
export type Topology = {
  /** First word of every name; two installations, or two tests, on one broker take different ones. */
  prefix: string;
  exchanges: { commands: Exchange; events: Exchange; hosts: Exchange; deadLetters: Exchange };
  queues: Queue[];
  deadLetterQueues: Queue[];
  bindings: Binding[];
};

/** Redeliveries of one message, each after a death of its consumer, until the broker itself gives it up. */
export const DELIVERY_LIMIT = 50;

/** A dead letter is handed out at every look at it: RabbitMQ 4 drops it after 20 unless told another number. */
const LOOKS_AT_A_DEAD_LETTER = 1_000_000;

/**
 * The broker's exchanges, queues and bindings for a set of contracts. Throws on a name used twice, a command that does
 * not name its owner, an event nobody hears, and whatever `refuseBadTopology` refuses.
 */
export function topologyOf(contracts: readonly Routed[], { prefix = 'vfleet' }: { prefix?: string } = {}): Topology {
  refuseBadContracts(contracts);
  const exchanges = exchangesOf(prefix);
  const services = [...new Set(contracts.flatMap(servedBy))].sort();
  const topology: Topology = {
    prefix,
    exchanges,
    queues: services.map((service) => serviceQueue(prefix, service)),
    deadLetterQueues: services.map((service) => deadLetterQueue(prefix, service)),
    bindings: [
      ...contracts.flatMap((contract) => bindingsOf(contract, { prefix, exchanges })),
      ...services.map((service) => ({
        exchange: exchanges.deadLetters.name,
        queue: deadLetterQueue(prefix, service).name,
        key: service,
      })),
    ],
  };
  refuseBadTopology(topology);
  return topology;
}

/**
 * Throws when the topology would lose messages silently: a durable queue without dead letters, dead letters that no
 * queue takes, a binding between things that are not declared, a queue nothing is bound to.
 */
export function refuseBadTopology({ exchanges, queues, deadLetterQueues, bindings }: Topology): void {
  const exchangeNames = new Set(Object.values(exchanges).map(({ name }) => name));
  const ends = new Set(deadLetterQueues.map(({ name }) => name));
  const all = new Set([...queues.map(({ name }) => name), ...ends]);
  for (const { exchange, queue, key } of bindings) {
    if (!exchangeNames.has(exchange)) throw new Error(`${queue}: bound to ${exchange}, which is not declared`);
    if (!all.has(queue)) throw new Error(`${exchange} ${key}: bound to ${queue}, which is not declared`);
  }
  for (const name of all) {
    if (!bindings.some(({ queue }) => queue === name)) throw new Error(`${name}: nothing is bound to it`);
  }
  for (const { name, arguments: args } of queues) {
    const taken = bindings.some(
      ({ exchange, queue, key }) =>
        exchange === args['x-dead-letter-exchange'] && key === args['x-dead-letter-routing-key'] && ends.has(queue),
    );
    if (!taken) throw new Error(`${name}: a durable queue without dead letters`);
  }
}

/** The name of the durable queue a service serves. Throws when the topology has none for it. */
export function queueOf(topology: Topology, service: string): string {
  return named(topology.queues, service);
}

/** The name of the queue that keeps what a service gave up. Throws when the topology has none for it. */
export function deadLetterQueueOf(topology: Topology, service: string): string {
  return named(topology.deadLetterQueues, service);
}

/** The key a command or query is sent under, on the exchange of commands. */
export function commandKey({ name }: Pick<Command, 'name'>): string {
  return name;
}

/** The key of one event, on the exchange of events: `<service>.<event>.<entity id>`. Throws when the id is no single word. */
export function eventKey<Payload>(event: Pick<Event<Payload>, 'name' | 'keyOf'>, payload: Payload): string {
  return `${event.name}.${word(event.name, event.keyOf(payload))}`;
}

/** What a queue that takes every event of the contract is bound with. */
export function eventPattern({ name }: Pick<Event, 'name'>): string {
  return `${name}.*`;
}

/** The key of a message to one host: `host.<host id>.<message>`. Throws when the id is no single word. */
export function hostKey({ name }: Pick<HostMessage, 'name'>, hostId: string): string {
  return `host.${word(name, hostId)}.${name}`;
}

/** What an agent binds its queue with: the messages to its own host and no other. Throws when the id is no single word. */
export function hostPattern(hostId: string): string {
  return `host.${word('host', hostId)}.*`;
}

function exchangesOf(prefix: string): Topology['exchanges'] {
  return {
    commands: { name: `${prefix}.commands`, type: 'topic' },
    events: { name: `${prefix}.events`, type: 'topic' },
    hosts: { name: `${prefix}.hosts`, type: 'topic' },
    deadLetters: { name: `${prefix}.dead-letters`, type: 'direct' },
  };
}

/** Dead-lettering at least once needs `reject-publish`, and a quorum queue at both ends. */
function serviceQueue(prefix: string, service: ServiceName): Queue {
  return {
    name: `${prefix}.${service}`,
    service,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': DELIVERY_LIMIT,
      'x-dead-letter-exchange': exchangesOf(prefix).deadLetters.name,
      'x-dead-letter-routing-key': service,
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  };
}

function deadLetterQueue(prefix: string, service: ServiceName): Queue {
  return {
    name: `${prefix}.${service}.dead-letters`,
    service,
    arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': LOOKS_AT_A_DEAD_LETTER },
  };
}

function servedBy(contract: Routed): readonly ServiceName[] {
  if (contract.kind === 'event') return contract.consumers;
  return contract.kind === 'host-message' ? [] : [contract.service];
}

function bindingsOf(
  contract: Routed,
  { prefix, exchanges }: { prefix: string; exchanges: Topology['exchanges'] },
): Binding[] {
  const fromEvent = contract.kind === 'event';
  const exchange = fromEvent ? exchanges.events.name : exchanges.commands.name;
  const key = fromEvent ? eventPattern(contract) : commandKey(contract);
  return servedBy(contract).map((service) => ({ exchange, queue: `${prefix}.${service}`, key }));
}

function refuseBadContracts(contracts: readonly Routed[]): void {
  const names = new Set<string>();
  for (const contract of contracts) {
    if (names.has(contract.name)) throw new Error(`${contract.name}: declared twice`);
    names.add(contract.name);
    if (contract.kind === 'event') refuseUnheard(contract);
    else if (contract.kind !== 'host-message' && !contract.name.startsWith(`${contract.service}.`)) {
      throw new Error(`${contract.name}: a command of another service than its owner ${contract.service}`);
    }
  }
}

function refuseUnheard({ name, consumers, followers, transient }: Extract<Routed, { kind: 'event' }>): void {
  if (consumers.length + followers.length === 0) throw new Error(`${name}: an event nobody consumes`);
  if (transient && consumers.length > 0) throw new Error(`${name}: a transient event cannot feed a durable queue`);
  if (new Set(consumers).size < consumers.length) throw new Error(`${name}: names a consumer twice`);
}

function named(queues: readonly Queue[], service: string): string {
  const queue = queues.find((candidate) => candidate.service === service);
  if (!queue) throw new Error(`${service}: no contract gives this service a queue`);
  return queue.name;
}

/** One word of a topic key. A dot would add words; `*` and `#` would listen to others. */
function word(contract: string, id: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
    throw new Error(`${contract}: ${JSON.stringify(id)} cannot be in a routing key`);
  return id;
}
