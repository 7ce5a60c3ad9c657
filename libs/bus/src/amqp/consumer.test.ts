import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import type { ConsumeMessage } from 'amqplib';
import { expect, it } from 'vitest';
import { reactsTo } from '../bus.ts';
import { Happened } from '../conformance/contracts.ts';
import type { GiveUp } from '../delivery.ts';
import { LONGEST_MESSAGE_BYTES } from '../wire.ts';
import { consume } from './consumer.ts';
import type { Link } from './link.ts';
import type { Publisher } from './publisher.ts';
import { AMQP_SETTINGS } from './settings.ts';

/** Hands a message to a consumer of a service's queue; tells what was given up and who was answered. */
async function received({ exchange, content }: { exchange: string; content: Buffer }) {
  const letters: Parameters<GiveUp>[0][] = [];
  const answered: string[] = [];
  const clock = virtualClock();
  let deliver: (message: ConsumeMessage) => void = () => undefined;
  const channel = {
    prefetch: async () => undefined,
    consume: async (_queue: string, take: typeof deliver) => {
      deliver = take;
    },
    ack: () => undefined,
  };
  const session = { lost: new AbortController().signal, openChannel: async () => channel };
  const link = {
    use: async (hook: (on: unknown) => Promise<(() => void) | undefined>) => {
      (await hook(session))?.();
      return () => undefined;
    },
  };
  await consume(link as unknown as Link, {
    bindings: [reactsTo(Happened, async () => undefined)],
    enter: async () => 'q',
    giveUp: async (letter) => void letters.push(letter),
    asksOn: 'vfleet.commands',
    publisher: {
      reply: async ({ address }: { address: string }) => void answered.push(address),
    } as unknown as Publisher,
    ...{ clock, log: silentLog, settings: AMQP_SETTINGS },
  });
  const properties = {
    messageId: 'm1',
    replyTo: 'amq.rabbitmq.reply-to.somebody.else',
    correlationId: 'c1',
    headers: {},
  };
  const fields = { exchange, routingKey: 'inventory.happened.a', redelivered: false };
  deliver({ content, fields, properties } as unknown as ConsumeMessage);
  await clock.advance(0);
  return { letters, answered };
}

it.each([
  ['vfleet.commands', ['amq.rabbitmq.reply-to.somebody.else']],
  // an agent may write to it, and name whom it likes
  ['vfleet.events', []],
  ['', []],
])('what cannot be read is answered when it was asked: %j', async (exchange, whom) => {
  const { letters, answered } = await received({ exchange, content: Buffer.from('{}') });
  expect(letters).toMatchObject([{ reason: 'unreadable' }]);
  expect(answered).toEqual(whom);
});

it('of what is too long the beginning alone is kept', async () => {
  const { letters } = await received({
    exchange: 'vfleet.events',
    content: Buffer.alloc(LONGEST_MESSAGE_BYTES + 1, 'x'),
  });
  expect(letters).toMatchObject([{ problem: expect.stringContaining('longer than'), body: 'x'.repeat(4096) }]);
});
