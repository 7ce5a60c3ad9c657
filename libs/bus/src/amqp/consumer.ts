import { randomUUID } from 'node:crypto';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Channel, ConsumeMessage } from 'amqplib';
import { within } from '../alarm.ts';
import type { Binding, Subscription } from '../bus.ts';
import { type GiveUp, receiver } from '../delivery.ts';
import { LONGEST_MESSAGE_BYTES } from '../wire.ts';
import type { Link } from './link.ts';
import type { Publisher } from './publisher.ts';
import { DIRECT_REPLY_TO } from './rpc.ts';
import { sentUnder } from './sent-under.ts';
import type { Session } from './session.ts';
import type { AmqpSettings } from './settings.ts';

const MOST_WINDOWS = 4;
/** So much is kept of a message that is too long, for a person to look at. */
const BEGINNING_BYTES = 4096;

type Place = { session: Session; channel: Channel; tags: string[] };

/**
 * Consumes a queue in every session of a link. `enter` declares what has to be declared and answers the queue's name.
 * The receiver outlives a session, so that a key stays with one handler across a reconnect.
 */
export async function consume(
  link: Link,
  {
    bindings,
    enter,
    giveUp,
    subscribed,
    lost,
    asksOn,
    publisher,
    clock,
    log,
    settings: { patience, prefetch, closeTimeoutMs },
  }: {
    bindings: readonly Binding[];
    enter: (channel: Channel) => Promise<string>;
    giveUp: GiveUp;
    subscribed?: (() => void) | undefined;
    lost?: (() => void) | undefined;
    /** The exchange of commands and queries: services alone write to it, and nothing else is answered. */
    asksOn?: string | undefined;
    publisher: Publisher;
    clock: Clock;
    log: Log;
    settings: AmqpSettings;
  },
): Promise<Subscription> {
  let place: Place | null = null;
  let closed = false;
  let widen: () => void = () => undefined;
  const receiving = receiver({ bindings, giveUp, clock, log, patience, onHeld: () => widen() });

  async function occupy(session: Session): Promise<() => void> {
    const channel = await session.openChannel();
    const queue = await enter(channel);
    const mine: Place = { session, channel, tags: [] };
    await channel.prefetch(prefetch);
    await openWindow(queue, mine);
    session.lost.addEventListener('abort', () => leave(mine));
    return () => settle(queue, mine);
  }

  function settle(queue: string, mine: Place): void {
    if (closed) {
      void mine.session.closeChannel(mine.channel);
      return;
    }
    place = mine;
    widen = () => {
      const { length } = mine.tags;
      if (receiving.held() * 2 <= length * prefetch || length >= MOST_WINDOWS) return;
      log.warn({ queue, held: receiving.held() }, 'many messages are held: taking more beside them');
      openWindow(queue, mine).catch((error) => log.debug({ queue, error }, 'the window was not widened'));
    };
    subscribed?.();
  }

  /** Prefetch counts for each consumer of a channel, so another one on it takes that many more. */
  async function openWindow(queue: string, { session, channel, tags }: Place): Promise<void> {
    const tag = randomUUID();
    tags.push(tag);
    const take = (message: ConsumeMessage | null) => {
      if (message) receiving.take(deliveredOn(channel, session, message));
      else session.reset(new Error(`the broker ended the consumer of ${queue}`));
    };
    await channel.consume(queue, take, { consumerTag: tag });
  }

  function leave(mine: Place): void {
    if (place !== mine) return;
    place = null;
    lost?.();
  }

  function deliveredOn(channel: Channel, session: Session, message: ConsumeMessage) {
    const { messageId, replyTo, correlationId } = message.properties;
    // an answer goes to who asked, never to a queue that a message names
    const isAsked =
      message.fields.exchange === asksOn && typeof replyTo === 'string' && replyTo.startsWith(`${DIRECT_REPLY_TO}.`);
    const reply = (body: string) => publisher.reply({ address: replyTo, token: correlationId }, body);
    const { byteLength: bytes } = message.content;
    return {
      id: messageId || randomUUID(),
      body: message.content.toString('utf8', 0, bytes > LONGEST_MESSAGE_BYTES ? BEGINNING_BYTES : bytes),
      bytes,
      key: sentUnder(message),
      redelivered: message.fields.redelivered,
      lost: session.lost,
      ack: () => {
        if (!session.lost.aborted) channel.ack(message);
      },
      reply: isAsked ? reply : undefined,
    };
  }

  const withdraw = await link.use(occupy);
  return {
    async close() {
      closed = true;
      withdraw();
      const last = place;
      place = null;
      const { session, channel, tags } = last ?? {};
      const cancelled = Promise.all((tags ?? []).map((tag) => channel?.cancel(tag)));
      await session
        ?.during(cancelled)
        .catch((error) => log.debug({ error }, 'the consumer was gone before it was cancelled'));
      if ((await within(clock, closeTimeoutMs, receiving.stop())) === 'too-late') {
        log.warn({ closeTimeoutMs }, 'closed over a running handler');
      }
      if (session && channel) await session.closeChannel(channel);
    },
  };
}
