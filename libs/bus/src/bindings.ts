import { commandKey, eventPattern, queueOf, type Topology } from '@vfleet/contracts/topology';
import type { Binding } from './bus.ts';

/**
 * Throws when a binding is of a message that the topology does not route to the service's queue, or is bound twice.
 * Answers the routed messages that no binding handles: they would become dead letters.
 */
export function checkServed(topology: Topology, service: string, bindings: readonly Binding[]): string[] {
  const queue = queueOf(topology, service);
  const routed = new Set(topology.bindings.flatMap((binding) => (binding.queue === queue ? [binding.key] : [])));
  const keys = bindings.map(keyOf);
  refuseTwice(bindings);
  bindings.forEach(({ contract }, index) => {
    if (!routed.has(keys[index] ?? '')) throw new Error(`${contract.name}: not routed to the queue of ${service}`);
  });
  return [...routed].filter((key) => !keys.includes(key));
}

/** Throws unless every binding is of an event that declares followers. */
export function checkFollowed(bindings: readonly Binding[]): void {
  refuseTwice(bindings);
  for (const { kind, contract } of bindings) {
    if (kind !== 'event') throw new Error(`${contract.name}: only events are followed`);
    if (contract.followers.length === 0) throw new Error(`${contract.name}: declares no followers`);
  }
}

/** Throws unless every binding is of a message to a host. */
export function checkObeyed(bindings: readonly Binding[]): void {
  refuseTwice(bindings);
  for (const { kind, contract } of bindings) {
    if (kind !== 'host-message') throw new Error(`${contract.name}: an agent obeys messages to its host only`);
  }
}

/** What a follower's queue is bound with. */
export function followedPatterns(bindings: readonly Binding[]): string[] {
  return bindings.flatMap(({ kind, contract }) => (kind === 'event' ? [eventPattern(contract)] : []));
}

function keyOf({ kind, contract }: Binding): string {
  switch (kind) {
    case 'command':
      return commandKey(contract);
    case 'event':
      return eventPattern(contract);
    case 'host-message':
      return '';
  }
}

function refuseTwice(bindings: readonly Binding[]): void {
  const names = new Set<string>();
  for (const { contract } of bindings) {
    if (names.has(contract.name)) throw new Error(`${contract.name}: bound twice`);
    names.add(contract.name);
  }
}
