import { randomBytes } from 'node:crypto';
import { type DeadLetter, reactsTo } from '@vfleet/bus/bus';
import { administer, onBroker } from '@vfleet/bus/testing/broker-under-test';
import { HostDevicesReported } from '@vfleet/contracts/host-agent';
import { type ChannelModel, connect, type Options } from 'amqplib';
import { describe, expect, it, vi } from 'vitest';
import { agentsOnBroker, contextOf } from '../testing/agents-on-broker.ts';
import { report } from '../testing/sample-report.ts';

const { VFLEET_RABBITMQ_API: apiUrl } = process.env;

onBroker('an agent that does harm, on a real RabbitMQ', (amqpUrl) => {
  if (!apiUrl) {
    it.skipIf(!process.env.CI)('SKIPPED: VFLEET_RABBITMQ_API names no management API', () => {
      expect.fail('VFLEET_RABBITMQ_API must be set where CI is');
    });
    return;
  }
  const { topology, users, urls, control, agentOf, channelOf, connectionWith } = agentsOnBroker({ amqpUrl, apiUrl });
  const { events } = topology.exchanges;

  describe('a message that claims to be more than it is', () => {
    /** Sends what inventory cannot believe and answers what became of it; some brokers refuse it themselves. */
    async function parked(options: Options.Publish, body: string): Promise<DeadLetter | 'refused'> {
      const served = await control().serve('inventory', [reactsTo(HostDevicesReported, async () => undefined)]);
      const channel = await channelOf('h1');
      let refused: 'refused' | undefined;
      channel.on('error', () => {
        refused = 'refused';
      });
      const messageId = randomBytes(4).toString('hex');
      channel.publish(events.name, `${HostDevicesReported.name}.h1`, Buffer.from(body), { ...options, messageId });
      const letterOf = async () => (await control().deadLetters('inventory', 100)).find(({ id }) => id === messageId);
      const letter = await vi.waitUntil(async () => refused ?? (await letterOf()), { timeout: 20_000, interval: 200 });
      await served.close();
      return letter;
    }

    it('by naming more keys is held to its own', async () => {
      const forged = { ...contextOf('service', 'inventory'), name: HostDevicesReported.name, schemaVersion: 1 };
      const body = JSON.stringify({ ...forged, payload: report(0, { hostId: 'h2' }) });
      const more = [`${HostDevicesReported.name}.h2`];
      const taken = await parked({ CC: more, headers: { key: more[0] } }, body);
      // RabbitMQ 4 holds every one of the keys to the rights.
      if (taken === 'refused') return;
      expect(taken).toMatchObject({ reason: 'unreadable', key: `${HostDevicesReported.name}.h1` });
    });

    it('by deaths that it did not have is not believed when it is put back', async () => {
      const key = `${HostDevicesReported.name}.h2`;
      const forged = { ...contextOf('agent', 'h2'), name: HostDevicesReported.name, schemaVersion: 1 };
      const body = JSON.stringify({ ...forged, payload: report(0, { hostId: 'h2' }) });
      const death = { queue: `${topology.prefix}.inventory`, reason: 'expired', exchange: events.name };
      const headers = { key, 'x-death': [{ ...death, 'routing-keys': [key], count: 0 }] };
      const channel = await channelOf('h1');
      const options = { expiration: '1', messageId: 'died', headers };
      channel.publish(events.name, `${HostDevicesReported.name}.h1`, Buffer.from(body), options);
      const letters = async () => (await control().deadLetters('inventory', 100)).filter(({ id }) => id === 'died');
      await vi.waitFor(async () => expect(await letters()).toMatchObject([{ key: null }]), { timeout: 20_000 });

      expect(await control().replayDeadLetters('inventory', ['died'])).toBe(1);
      const heard: string[] = [];
      const hear = reactsTo(HostDevicesReported, async ({ payload }) => void heard.push(payload.hostId));
      const served = await control().serve('inventory', [hear]);
      await vi.waitFor(async () => expect(await letters()).toMatchObject([{ reason: 'unreadable' }]), {
        timeout: 20_000,
      });
      await served.close();
      expect(heard).toEqual([]);
    });

    it('by asking is answered nothing', async () => {
      const channel = await channelOf('h1');
      const answers: string[] = [];
      const take = (message: { content: Buffer } | null) => void answers.push(String(message?.content));
      await channel.consume('amq.rabbitmq.reply-to', take, { noAck: true });
      const served = await control().serve('inventory', []);
      const options = { replyTo: 'amq.rabbitmq.reply-to', correlationId: 'c' };
      channel.publish(events.name, `${HostDevicesReported.name}.h1`, Buffer.from('{}'), options);
      await channel.waitForConfirms();
      await vi.waitFor(async () => expect(await leftIn(`${topology.prefix}.inventory`)).toBe(0), { timeout: 20_000 });
      await served.close();
      expect(answers).toEqual([]);
    });

    it('by its length is not read', async () => {
      const letter = await parked({}, `"${'x'.repeat(17 * 1024 * 1024)}"`);
      // RabbitMQ 4 takes no more than 16 MiB.
      if (letter === 'refused') return;
      expect(letter).toMatchObject({ reason: 'unreadable', problem: expect.stringContaining('longer than') });
      expect(letter.body).toHaveLength(4096);
    });

    async function leftIn(queue: string): Promise<number> {
      return administer(amqpUrl, async (channel) => (await channel.checkQueue(queue)).messageCount);
    }
  });

  describe('connections and channels', () => {
    it('are limited', async () => {
      const connections: ChannelModel[] = [];
      const next = async () => connections.push(await connectionWith(urls.h2));
      await expect(
        (async () => {
          while (connections.length < 20) await next();
        })(),
      ).rejects.toThrow(/ConnectionClose/);
      expect(connections).toHaveLength(8);
    });

    it('limit channels too', async () => {
      const connection = await connectionWith(urls.h1);
      let channels = 0;
      const ended = new Promise((resolve) => connection.once('close', resolve));
      const open = async () => {
        while (channels < 100) {
          const channel = await connection.createChannel();
          channel.on('error', () => undefined);
          channels++;
        }
      };
      await expect(Promise.race([open(), ended.then(() => Promise.reject(new Error('closed')))])).rejects.toThrow();
      expect(channels).toBeLessThanOrEqual(32);
    });
  });

  describe('rights of another release', () => {
    it('are replaced while the agent is connected, and its password stays', async () => {
      const agent = await agentOf('h1');
      expect(await users.grant('h1')).toBe('granted');
      expect(agent.connected()).toBe(true);
      await (await channelOf('h1')).assertQueue('', { exclusive: true });
    });

    it('come to nobody who is not there', async () => {
      expect(await users.grant('nobody')).toBe('no-user');
      await expect(connect(Object.assign(new URL(amqpUrl), { username: 'nobody' }).toString())).rejects.toThrow(
        /ACCESS_REFUSED/,
      );
    });
  });
});
