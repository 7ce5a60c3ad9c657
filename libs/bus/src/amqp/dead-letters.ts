import { randomUUID } from 'node:crypto';
import { deadLetterQueueOf, queueOf, type Topology } from '@vfleet/contracts/topology';
import type { Channel, GetMessage } from 'amqplib';
import { z } from 'zod';
import { type Bus, BusUnavailable, type DeadLetter } from '../bus.ts';
import type { GiveUp } from '../delivery.ts';
import { lanes } from '../lanes.ts';
import type { Link } from './link.ts';
import { properties } from './properties.ts';
import type { Publisher } from './publisher.ts';
import { kept, letterSentUnder } from './sent-under.ts';
import type { Session } from './session.ts';

export type Graveyard = Pick<Bus, 'deadLetters' | 'replayDeadLetters'> & { bury(service: string): GiveUp };

/** More dead letters than these are beyond looking at one by one; they come into sight as others are replayed. */
const MOST_LOOKED_AT = 2_000;

/** What a process writes on a message that it gives up. */
const Label = z.object({ reason: z.enum(['unreadable', 'failed']), problem: z.string(), at: z.string() });
/** What the broker writes on one that it gave up itself. */
const Death = z.object({ reason: z.string(), time: z.object({ value: z.number() }) });

/**
 * The dead letters of each service. They are looked at by taking them and giving them back: one look at a time, or two
 * would each see a part, and all on one channel, or a look could come before the last one's giving back.
 */
export function graveyardOn(
  link: Link,
  { topology, publisher, clock }: { topology: Topology; publisher: Publisher; clock: { now(): number } },
): Graveyard {
  const { run } = lanes();
  let opened: { session: Session; channel: Channel } | null = null;

  async function channelNow(): Promise<Channel> {
    const session = link.session();
    if (opened?.session !== session) opened = { session, channel: await session.openChannel() };
    return opened.channel;
  }

  /** Hands the dead letters that are there to `read`; what it does not ack stays. */
  function look<Result>(
    service: string,
    read: (messages: GetMessage[], ack: (message: GetMessage) => void) => Promise<Result>,
  ): Promise<Result> {
    return run('look', async () => {
      const channel = await channelNow();
      const queue = deadLetterQueueOf(topology, service);
      try {
        return await read(await taken(channel, queue), (message) => channel.ack(message));
      } finally {
        if (opened?.channel === channel && !opened.session.lost.aborted) channel.nackAll(true);
      }
    });
  }

  return {
    bury:
      (service) =>
      async ({ id, name, reason, problem, at, key, body }) => {
        const { name: exchange } = topology.exchanges.deadLetters;
        const options = {
          ...properties({ name }, { id }),
          mandatory: true,
          headers: { reason, problem, at, ...kept(key) },
        };
        const outcome = await publisher.send({ exchange, key: service, body, options });
        if (outcome === 'returned') throw new BusUnavailable(`${service}: no queue takes its dead letters`);
      },
    async deadLetters(service, limit) {
      const queue = queueOf(topology, service);
      return look(service, async (messages) => {
        const letters = messages.map((message) => letterOf(message, { queue, clock, user: link.user }));
        return letters.toSorted((a, b) => a.at.localeCompare(b.at)).slice(0, limit);
      });
    },
    async replayDeadLetters(service, ids) {
      const key = queueOf(topology, service);
      return look(service, async (messages, ack) => {
        const chosen = messages.filter(({ properties: { messageId } }) => ids.includes(messageId));
        for (const message of chosen) {
          const { messageId, type } = message.properties;
          const headers = kept(letterSentUnder(message, link.user));
          const options = { ...properties({ name: type ?? '' }, { id: messageId }), mandatory: true, headers };
          const outcome = await publisher.send({ exchange: '', key, body: message.content.toString(), options });
          if (outcome === 'returned') throw new BusUnavailable(`${service}: its queue is not there`);
          ack(message);
        }
        return chosen.length;
      });
    },
  };
}

/** All of them, for what is given back goes behind what was not taken, and the oldest would be last. */
async function taken(channel: Channel, queue: string): Promise<GetMessage[]> {
  const messages: GetMessage[] = [];
  while (messages.length < MOST_LOOKED_AT) {
    const message = await channel.get(queue, { noAck: false });
    if (!message) break;
    messages.push(message);
  }
  return messages;
}

function letterOf(
  message: GetMessage,
  { queue, clock, user }: { queue: string; clock: { now(): number }; user: string },
): DeadLetter {
  const {
    properties: { messageId, type, headers },
    content,
  } = message;
  const key = letterSentUnder(message, user);
  const letter = { id: messageId || randomUUID(), queue, name: type ?? '', key, body: content.toString() };
  const label = Label.safeParse(headers);
  if (label.success) return { ...letter, ...label.data };
  const death = Death.safeParse(headers?.['x-death']?.[0]);
  const at = death.success ? death.data.time.value * 1_000 : clock.now();
  const problem = death.success ? `given up by the broker: ${death.data.reason}` : 'not labelled';
  return { ...letter, reason: 'delivery-limit', problem, at: new Date(at).toISOString() };
}
