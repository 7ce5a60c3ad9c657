import { obeys, reactsTo } from '@vfleet/bus/bus';
import { onBroker } from '@vfleet/bus/testing/broker-under-test';
import { Heartbeat, HostDevicesReported, Probe } from '@vfleet/contracts/host-agent';
import { type Channel, connect } from 'amqplib';
import { describe, expect, it, vi } from 'vitest';
import { agentsOnBroker, contextOf } from '../testing/agents-on-broker.ts';
import { report } from '../testing/sample-report.ts';

const { VFLEET_RABBITMQ_API: apiUrl } = process.env;
const REFUSED = /ACCESS_REFUSED/;

onBroker('the users of agents on a real RabbitMQ', (amqpUrl) => {
  if (!apiUrl) {
    it.skipIf(!process.env.CI)('SKIPPED: VFLEET_RABBITMQ_API names no management API', () => {
      expect.fail('VFLEET_RABBITMQ_API must be set where CI is');
    });
    return;
  }
  const { topology, users, urls, control, urlOf, agentOf, channelOf, connectionWith } = agentsOnBroker({
    amqpUrl,
    apiUrl,
  });
  const { commands, events, hosts, deadLetters } = topology.exchanges;

  /** Publishes and waits for the broker's word on it. */
  async function publish(exchange: string, key: string): Promise<void> {
    const channel = await channelOf('h1');
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    channel.on('error', reject);
    channel.publish(exchange, key, Buffer.from('{}'), {}, (error) =>
      error ? setImmediate(() => reject(error)) : resolve(),
    );
    return promise;
  }

  const ownQueue = async (channel: Channel) => (await channel.assertQueue('', { exclusive: true })).queue;

  describe('what is its own', () => {
    it('works: an agent hears its host, and its host is heard', async () => {
      const [one, two] = [await agentOf('h1'), await agentOf('h2')];
      const heard: string[] = [];
      await one.attach('h1', [obeys(Probe, async () => void heard.push('h1'))]);
      await two.attach('h2', [obeys(Probe, async () => void heard.push('h2'))]);
      const reports: string[] = [];
      const nothing = async () => undefined;
      await control().serve('inventory', [
        reactsTo(HostDevicesReported, async ({ payload }) => void reports.push(payload.hostId)),
      ]);
      const beats: string[] = [];
      await control().follow([reactsTo(Heartbeat, async ({ payload }) => void beats.push(payload.hostId))], nothing);

      expect(await control().tell(Probe, 'h1', {}, contextOf('service', 'inventory'))).toBe('delivered');
      await vi.waitFor(() => expect(heard).toEqual(['h1']), { timeout: 20_000 });
      await one.publish(HostDevicesReported, report(0, { hostId: 'h1' }), contextOf('agent', 'h1'));
      await one.publish(Heartbeat, beat('h1'), contextOf('agent', 'h1'));
      await vi.waitFor(() => expect([reports, beats]).toEqual([['h1'], ['h1']]), { timeout: 20_000 });

      // Another host's name in what it says, under a key of its own: parked, and not believed.
      const channel = await channelOf('h1');
      const forged = { ...contextOf('agent', 'h2'), name: HostDevicesReported.name, schemaVersion: 1 };
      const body = JSON.stringify({ ...forged, payload: report(0, { hostId: 'h2' }) });
      channel.publish(events.name, `${HostDevicesReported.name}.h1`, Buffer.from(body), { messageId: 'forged' });
      await vi.waitFor(
        async () => {
          const letters = await control().deadLetters('inventory', 10);
          expect(letters).toMatchObject([{ reason: 'unreadable', problem: expect.stringContaining('h2') }]);
        },
        { timeout: 20_000 },
      );
      expect(reports).toEqual(['h1']);
    });
  });

  describe('publishing is refused', () => {
    it.each([
      ['an event of another host', events.name, 'host-agent.heartbeat.h2'],
      ["another service's event", events.name, 'inventory.host-changed.h1'],
      ['a key that goes on after its own', events.name, 'host-agent.heartbeat.h1.h2'],
      ['its key with a line feed', events.name, 'host-agent.heartbeat.h1\n'],
      ['an event of no host', events.name, 'host-agent.heartbeat'],
      ['a command', commands.name, 'inventory.add-host'],
      ['a message to its own host', hosts.name, 'host.h1.start-vm'],
      ['a message to another host', hosts.name, 'host.h2.start-vm'],
      ['a dead letter', deadLetters.name, 'inventory'],
      ['to a queue by its name', '', `${topology.prefix}.inventory`],
      ['an answer', '', 'amq.rabbitmq.reply-to.g1h2AA5yZXBseUAx.x'],
      ['to an exchange of the broker', 'amq.topic', 'host-agent.heartbeat.h1'],
    ])('of %s', async (_what, exchange, key) => {
      await expect(publish(exchange, key)).rejects.toThrow(REFUSED);
    });

    it('and what is its own is taken', async () => {
      await expect(publish(events.name, 'host-agent.heartbeat.h1')).resolves.toBeUndefined();
    });
  });

  describe('of queues it has its own alone', () => {
    const service = `${topology.prefix}.inventory`;

    it.each<[string, (channel: Channel) => Promise<unknown>]>([
      ['taking from', (channel) => channel.consume(service, () => undefined)],
      ['getting from', (channel) => channel.get(service)],
      ['purging', (channel) => channel.purgeQueue(service)],
      ['deleting', (channel) => channel.deleteQueue(service)],
      ['binding', (channel) => channel.bindQueue(service, hosts.name, 'host.h1.*')],
      ['unbinding', (channel) => channel.unbindQueue(service, events.name, 'host-agent.vfs-cleaned.*')],
      ['taking from the dead letters of', (channel) => channel.consume(`${service}.dead-letters`, () => undefined)],
      ['declaring by name', (channel) => channel.assertQueue('mine')],
      ['declaring like the queue of', (channel) => channel.assertQueue(`${service}.mine`)],
      ["declaring as the broker's", (channel) => channel.assertQueue('amq.gen-mine')],
    ])('%s a service is refused', async (_what, attempt) => {
      await expect(attempt(await channelOf('h1'))).rejects.toThrow(REFUSED);
    });

    it.each<[string, (channel: Channel, queue: string) => Promise<unknown>]>([
      ['looking at', (channel, queue) => channel.checkQueue(queue)],
      ['taking from', (channel, queue) => channel.consume(queue, () => undefined)],
      ['getting from', (channel, queue) => channel.get(queue)],
      ['purging', (channel, queue) => channel.purgeQueue(queue)],
      ['deleting', (channel, queue) => channel.deleteQueue(queue)],
      ['binding', (channel, queue) => channel.bindQueue(queue, hosts.name, 'host.h1.*')],
    ])("%s another host's is refused, even to who knows its name", async (_what, attempt) => {
      const queue = await ownQueue(await channelOf('h2'));
      await expect(attempt(await channelOf('h1'), queue)).rejects.toThrow(/RESOURCE_LOCKED/);
    });
  });

  describe('binding its queue is refused', () => {
    it.each([
      ["to another host's key", hosts.name, 'host.h2.*'],
      ['to the keys of all hosts', hosts.name, 'host.*.*'],
      ['to every key', hosts.name, '#'],
      ['to events', events.name, 'host-agent.heartbeat.h1'],
      ['to commands', commands.name, '#'],
      ['to dead letters', deadLetters.name, 'inventory'],
    ])('%s', async (_what, exchange, key) => {
      const channel = await channelOf('h1');
      await expect(channel.bindQueue(await ownQueue(channel), exchange, key)).rejects.toThrow(REFUSED);
    });
  });

  describe('exchanges of its own, past which its keys would not be looked at,', () => {
    it.each([`${topology.prefix}.host.h1`, 'amq.gen-x', 'mine', 'host.h1.x'])('are refused: %s', async (name) => {
      const channel = await channelOf('h1');
      await expect(channel.assertExchange(name, 'topic')).rejects.toThrow(REFUSED);
    });

    it('are refused as a source of events, and so is every exchange that is there', async () => {
      for (const source of [commands.name, deadLetters.name, 'amq.topic', 'amq.fanout', events.name]) {
        const channel = await channelOf('h1');
        await expect(channel.bindExchange(events.name, source, '#')).rejects.toThrow(REFUSED);
      }
      const channel = await channelOf('h1');
      await expect(channel.bindExchange(events.name, hosts.name, '#')).rejects.toThrow(REFUSED);
    });

    it('cannot be deleted or declared anew either', async () => {
      await expect((await channelOf('h1')).deleteExchange(events.name)).rejects.toThrow(REFUSED);
      await expect((await channelOf('h1')).assertExchange(events.name, 'topic')).rejects.toThrow(REFUSED);
    });
  });

  describe('credentials', () => {
    it('end with new ones, and what is connected with them', async () => {
      const connection = await connectionWith(urls.h2);
      const ended = new Promise((resolve) => connection.once('close', resolve));
      const before = urls.h2;
      urls.h2 = await urlOf('h2');
      await ended;
      await expect(connect(before)).rejects.toThrow(REFUSED);
      await ownQueue(await channelOf('h2'));
    });

    it('end with their user, and what is connected with them', async () => {
      const url = await urlOf('h3');
      const connection = await connectionWith(url);
      const ended = new Promise((resolve) => connection.once('close', resolve));
      await users.remove('h3');
      await ended;
      await expect(connect(url)).rejects.toThrow(REFUSED);
      await users.remove('h3');
    });
  });
});

function beat(hostId: string) {
  const origin = { hostId, boot: 1, sequence: 1 };
  return { ...origin, digest: 'd', agentVersion: '0.1.0', everyMs: 5000, fenceFloor: null, contact: null };
}
