import { commandKey, type Topology } from '@vfleet/contracts/topology';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { ConfirmChannel } from 'amqplib';
import { asks } from '../asks.ts';
import { type Bus, BusUnavailable } from '../bus.ts';
import { writeMessage } from '../wire.ts';
import type { Link } from './link.ts';
import { properties } from './properties.ts';
import { type Publisher, publisherOn } from './publisher.ts';
import type { AmqpSettings } from './settings.ts';

/** RabbitMQ's pseudo-queue: answers come to the channel that asked, and nothing is declared or kept for them. */
export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to';

export type Asker = Pick<Bus, 'ask'> & { publisher: Publisher; failAll(error: Error): void };

/**
 * Questions and their answers over direct reply-to. An answer address dies with its connection: what was asked on a
 * lost one is asked again with the same id on the next, while its asker waits. An agent asks nothing.
 */
export async function askerOn(
  link: Link,
  {
    topology,
    clock,
    log,
    settings: { publishTimeoutMs },
    role,
  }: { topology: Topology; clock: Clock; log: Log; settings: AmqpSettings; role: 'service' | 'agent' },
): Promise<Asker> {
  const pending = asks(clock);
  const unanswered = new Map<string, { sending: boolean; send: () => Promise<void> }>();

  async function prepare(channel: ConfirmChannel): Promise<void> {
    if (role === 'agent') return;
    await channel.consume(
      DIRECT_REPLY_TO,
      (answer) => {
        if (answer) pending.answer(answer.properties.correlationId, answer.content.toString());
      },
      { noAck: true },
    );
  }

  function onLine(): void {
    for (const question of unanswered.values()) if (!question.sending) void question.send();
  }

  const publisher = await publisherOn(link, { clock, log, publishTimeoutMs, prepare, onLine });
  return {
    publisher,
    failAll: pending.failAll,
    async ask(contract, request, context, limits) {
      if (role === 'agent') throw new Error(`${contract.name}: an agent asks nothing`);
      const body = writeMessage(contract, { schema: contract.request, value: request }, context);
      const { token, verdict, over, fail } = pending.open(contract, context.id, limits);
      const options = { ...properties(contract, context), replyTo: DIRECT_REPLY_TO, correlationId: token };
      const message = { exchange: topology.exchanges.commands.name, key: commandKey(contract), body, options };
      const question = { sending: false, send };
      async function send(): Promise<void> {
        question.sending = true;
        try {
          const outcome = await publisher.send({ ...message, options: { ...options, mandatory: true } }, over);
          if (outcome === 'returned') fail(new BusUnavailable(`${contract.name}: nobody owns it`));
        } catch (error) {
          fail(error);
        } finally {
          question.sending = false;
        }
      }
      if (!over.aborted) {
        unanswered.set(token, question);
        over.addEventListener('abort', () => unanswered.delete(token));
        void send();
      }
      return verdict;
    },
  };
}
