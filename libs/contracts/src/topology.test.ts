import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ALL_CONTRACTS } from './contracts.ts';
import { command, event, hostMessage } from './define.ts';
import * as hostAgent from './host-agent.ts';
import * as hostAgentVms from './host-agent-vms.ts';
import * as inventory from './inventory.ts';
import * as inventoryClaims from './inventory-claims.ts';
import * as inventoryEnrolment from './inventory-enrolment.ts';
import * as inventoryFacts from './inventory-facts.ts';
import * as inventoryHealth from './inventory-health.ts';
import * as inventoryNetworks from './inventory-networks.ts';
import * as inventoryPlan from './inventory-plan.ts';
import * as clusters from './policy/clusters.ts';
import * as networks from './policy/networks.ts';
import * as qos from './policy/qos.ts';
import * as runs from './policy/runs.ts';
import * as vms from './policy/vms.ts';
import * as vnicProfiles from './policy/vnic-profiles.ts';
import * as schedulerRuns from './scheduler/runs.ts';
import {
  eventKey,
  eventPattern,
  hostKey,
  hostPattern,
  queueOf,
  type Routed,
  refuseBadTopology,
  type Topology,
  topologyOf,
} from './topology.ts';

const generated = new URL('../generated/topology.json', import.meta.url);
const Payload = z.object({ hostId: z.string() });
const keyOf = ({ hostId }: { hostId: string }) => hostId;
const Do = command('inventory.do', { request: Payload, reply: z.object({}), refusals: [], keyOf });
const Done = event('inventory.done', { payload: Payload, keyOf, consumers: ['policy'], followers: ['gateway'] });
const Poke = hostMessage('poke', { payload: z.object({}) });

describe('the topology of the product', () => {
  it('is the committed one (UPDATE_GENERATED=1 writes it)', () => {
    const text = `${JSON.stringify(topologyOf(ALL_CONTRACTS), null, 2)}\n`;
    if (process.env.UPDATE_GENERATED === '1') writeFileSync(generated, text);
    expect(readFileSync(generated, 'utf8')).toBe(text);
  });

  it('routes every contract that is declared', () => {
    const modules = [
      inventory,
      inventoryClaims,
      inventoryFacts,
      inventoryEnrolment,
      inventoryHealth,
      inventoryPlan,
      inventoryNetworks,
      hostAgentVms,
      schedulerRuns,
      clusters,
      networks,
      qos,
      vnicProfiles,
      vms,
      runs,
      hostAgent,
    ];
    const declared = modules.flatMap((module) => Object.values(module)).filter(isContract);
    expect(new Set(ALL_CONTRACTS)).toEqual(new Set(declared));
  });

  it('gives every command one binding and every consumer of an event its own', () => {
    const { bindings, exchanges } = topologyOf(ALL_CONTRACTS);
    for (const contract of ALL_CONTRACTS) {
      if (contract.kind === 'host-message') continue;
      const expected = contract.kind === 'event' ? contract.consumers.length : 1;
      const key = contract.kind === 'event' ? eventPattern(contract) : contract.name;
      expect(bindings.filter((binding) => binding.key === key)).toHaveLength(expected);
    }
    expect(bindings.some(({ exchange }) => exchange === exchanges.hosts.name)).toBe(false);
  });
});

describe('bad topology is refused when it is defined', () => {
  const refused: { name: string; contracts: Routed[]; message: RegExp }[] = [
    { name: 'a name declared twice', contracts: [Do, Do], message: /inventory.do: declared twice/ },
    { name: 'a command of another service', contracts: [{ ...Do, service: 'policy' }], message: /its owner policy/ },
    {
      name: 'an event nobody hears',
      contracts: [{ ...Done, consumers: [], followers: [] }],
      message: /nobody consumes/,
    },
    { name: 'a transient event on a durable queue', contracts: [{ ...Done, transient: true }], message: /transient/ },
    { name: 'a consumer named twice', contracts: [{ ...Done, consumers: ['policy', 'policy'] }], message: /twice/ },
  ];
  it.each(refused)('$name', ({ contracts, message }) => {
    expect(() => topologyOf(contracts)).toThrow(message);
  });

  const good = topologyOf([Do, Done, Poke]);
  const spoiled: { name: string; spoil: (topology: Topology) => Topology; message: RegExp }[] = [
    {
      name: 'a durable queue without dead letters',
      spoil: (topology) => ({ ...topology, queues: topology.queues.map((queue) => ({ ...queue, arguments: {} })) }),
      message: /vfleet.inventory: a durable queue without dead letters/,
    },
    {
      name: 'dead letters that no queue takes',
      spoil: (topology) => ({ ...topology, deadLetterQueues: [], bindings: topology.bindings.filter(notDead) }),
      message: /vfleet.inventory: a durable queue without dead letters/,
    },
    {
      name: 'a queue nothing is bound to',
      spoil: (topology) => ({ ...topology, bindings: topology.bindings.filter((binding) => !notDead(binding)) }),
      message: /vfleet.inventory: nothing is bound to it/,
    },
    {
      name: 'a binding to an exchange that is not declared',
      spoil: (topology) => ({
        ...topology,
        bindings: [...topology.bindings, { exchange: 'elsewhere', queue: 'vfleet.inventory', key: 'x' }],
      }),
      message: /elsewhere, which is not declared/,
    },
    {
      name: 'a binding to a queue that is not declared',
      spoil: (topology) => ({
        ...topology,
        bindings: [...topology.bindings, { exchange: 'vfleet.events', queue: 'nowhere', key: 'x' }],
      }),
      message: /nowhere, which is not declared/,
    },
  ];
  it.each(spoiled)('$name', ({ spoil, message }) => {
    expect(() => refuseBadTopology(good)).not.toThrow();
    expect(() => refuseBadTopology(spoil(good))).toThrow(message);
  });
});

describe('routing keys', () => {
  it('end with the entity, and name a host before the message', () => {
    expect(eventKey(Done, { hostId: 'h1' })).toBe('inventory.done.h1');
    expect(hostKey(Poke, 'h1')).toBe('host.h1.poke');
    expect(hostPattern('h1')).toBe('host.h1.*');
  });

  it.each(['', 'a.b', '*', '#', 'h 1', 'x'.repeat(65)])('refuse %j as an id: it would reach others', (id) => {
    expect(() => eventKey(Done, { hostId: id })).toThrow('routing key');
    expect(() => hostKey(Poke, id)).toThrow('routing key');
    expect(() => hostPattern(id)).toThrow('routing key');
  });

  it('know no queue of a service that serves nothing', () => {
    expect(queueOf(topologyOf([Do]), 'inventory')).toBe('vfleet.inventory');
    expect(queueOf(topologyOf([Do], { prefix: 'other' }), 'inventory')).toBe('other.inventory');
    expect(() => queueOf(topologyOf([Do]), 'scheduler')).toThrow('scheduler');
  });
});

function isContract(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && 'schemaVersion' in value;
}

function notDead({ exchange }: { exchange: string }): boolean {
  return exchange !== 'vfleet.dead-letters';
}
