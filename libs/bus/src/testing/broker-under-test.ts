import type { Topology } from '@vfleet/contracts/topology';
import { type Channel, connect } from 'amqplib';
import { describe, expect, it } from 'vitest';

const { AMQP_URL, CI } = process.env;

/** Runs the suite on the broker that AMQP_URL names; without one it is visibly skipped, and fails where CI is. */
export function onBroker(name: string, suite: (url: string) => void): void {
  describe(name, () => {
    if (AMQP_URL) suite(AMQP_URL);
    else {
      it.skipIf(!CI)('SKIPPED: AMQP_URL names no broker', () => {
        expect.fail('AMQP_URL must be set where CI is');
      });
    }
  });
}

/** Does something to the broker as its administrator would. */
export async function administer<Result>(url: string, work: (channel: Channel) => Promise<Result>): Promise<Result> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined); // the work that caused it rejects
    return await work(channel);
  } finally {
    await connection.close();
  }
}

/** Takes the topology of a test off the broker. */
export async function remove(url: string, { queues, deadLetterQueues, exchanges }: Topology): Promise<void> {
  await administer(url, async (channel) => {
    for (const { name } of [...queues, ...deadLetterQueues]) await channel.deleteQueue(name);
    for (const { name } of Object.values(exchanges)) await channel.deleteExchange(name);
  });
}
