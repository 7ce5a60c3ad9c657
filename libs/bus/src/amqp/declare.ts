import { randomUUID } from 'node:crypto';
import type { Topology } from '@vfleet/contracts/topology';
import type { Channel } from 'amqplib';
import type { Session } from './session.ts';

/** Declares exchanges, durable queues and bindings; what is there already and the same stays as it is. */
export async function declareTopology(session: Session, topology: Topology): Promise<undefined> {
  const channel = await session.openChannel();
  for (const { name, type } of Object.values(topology.exchanges)) {
    await channel.assertExchange(name, type, { durable: true });
  }
  for (const { name, arguments: args } of [...topology.deadLetterQueues, ...topology.queues]) {
    await channel.assertQueue(name, { durable: true, arguments: args });
  }
  for (const { queue, exchange, key } of topology.bindings) await channel.bindQueue(queue, exchange, key);
  await session.closeChannel(channel);
}

/**
 * Declares a queue that lives as long as this connection, bound to an exchange. Its name starts with `owner` and ends at
 * random: after a broken connection the old one may live a little longer. With `owner` null the broker names it, which is
 * all that an agent has the right to (broker-rights.ts).
 */
export async function declareExclusive(
  channel: Channel,
  { owner, exchange, patterns }: { owner: string | null; exchange: string; patterns: readonly string[] },
): Promise<string> {
  const name = owner === null ? '' : `${owner}.${randomUUID()}`;
  const { queue } = await channel.assertQueue(name, { exclusive: true, autoDelete: true, durable: false });
  for (const pattern of patterns) await channel.bindQueue(queue, exchange, pattern);
  return queue;
}
