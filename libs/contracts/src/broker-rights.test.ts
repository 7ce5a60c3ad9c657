import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentRights, agentUser } from './broker-rights.ts';
import { ALL_CONTRACTS } from './contracts.ts';
import { topologyOf } from './topology.ts';
import { EntityId } from './vocabulary/ids.ts';

const topology = topologyOf(ALL_CONTRACTS);
const hostId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const names = [
  ...Object.values(topology.exchanges).map(({ name }) => name),
  ...[...topology.queues, ...topology.deadLetterQueues].map(({ name }) => name),
  ...['amq.default', 'amq.topic', 'amq.direct', 'vfleet.follower.x', 'vfleet-events', 'vfleet.events.more', ''],
];

/** PCRE's end of the subject is `$` in JavaScript, where that lets nothing follow. */
function granted(rule: string, candidates: readonly string[]): string[] {
  const expression = new RegExp(rule.replaceAll('\\z', '$').replaceAll('\\-', '-'));
  return candidates.filter((each) => expression.test(each));
}

describe('the rights of an agent', () => {
  const { configure, write, read, topics } = agentRights(topology, 'h1');

  it('are on its own queue, the exchange it writes and the exchange it reads', () => {
    const all = [...names, 'amq.gen-x', 'amq-gen-x', 'amq.generous'];
    expect(granted(configure, all)).toEqual(['amq.gen-x']);
    expect(granted(write, all)).toEqual(['vfleet.events', 'amq.gen-x']);
    expect(granted(read, all)).toEqual(['vfleet.hosts', 'amq.gen-x']);
  });

  it('are restricted by key on both exchanges', () => {
    expect(topics.map(({ exchange }) => exchange)).toEqual(['vfleet.events', 'vfleet.hosts']);
  });

  it.each([
    ['h1', true],
    ['h2', false],
    ['h1.x', false],
    ['h1\n', false],
    ['xh1', false],
    ['*', false],
    ['#', false],
  ])('let it write events of host %s: %s', (id, may) => {
    expect(granted(topics[0]?.write ?? '', [`host-agent.heartbeat.${id}`])).toHaveLength(may ? 1 : 0);
    expect(granted(topics[0]?.write ?? '', [`inventory.host-changed.${id}`])).toEqual([]);
  });

  it('let it bind the pattern of its host and no other', () => {
    const patterns = ['host.h1.*', 'host.h2.*', 'host.*.*', 'host.#', '#', 'host.h1.probe', 'host.h1.*.x'];
    expect(granted(topics[1]?.read ?? '', patterns)).toEqual(['host.h1.*']);
  });

  it('let it neither read events nor write to hosts, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (key) => {
        expect(granted(topics[0]?.read ?? '', [key])).toEqual([]);
        expect(granted(topics[1]?.write ?? '', [key])).toEqual([]);
      }),
    );
  });

  it('of two hosts have no key in common', () => {
    fc.assert(
      fc.property(hostId, hostId, (one, other) => {
        fc.pre(one !== other);
        expect(EntityId.safeParse(one).success).toBe(true);
        const [events, hosts] = agentRights(topology, one).topics;
        expect(granted(events?.write ?? '', [`host-agent.x.${one}`, `host-agent.x.${other}`])).toHaveLength(1);
        expect(granted(hosts?.read ?? '', [`host.${one}.*`, `host.${other}.*`])).toHaveLength(1);
      }),
    );
  });

  it('are those of no pattern', () => {
    for (const id of ['*', '#', 'a.b', '']) expect(() => agentRights(topology, id)).toThrow(/routing key/);
  });
});

it('names the user by installation and host', () => {
  expect(agentUser(topologyOf(ALL_CONTRACTS, { prefix: 'other' }), 'h1')).toBe('other-host-h1');
});
