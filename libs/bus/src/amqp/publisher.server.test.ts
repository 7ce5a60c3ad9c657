import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BusUnavailable } from '../bus.ts';
import { inTime } from '../conformance/bench.ts';
import { administer, onBroker } from '../testing/broker-under-test.ts';
import { type Link, openLink } from './link.ts';
import { type Publisher, publisherOn } from './publisher.ts';
import { AMQP_SETTINGS } from './settings.ts';

onBroker('the AMQP publisher', (url) => {
  const clock = virtualClock();
  const queue = `publisher-${process.pid}`;
  let link: Link;
  let publisher: Publisher;
  let sessions = 0;

  beforeEach(async () => {
    sessions = 0;
    const reconnect = { firstDelayMs: 10, mostDelayMs: 50 };
    link = await openLink({ url, name: 'test', clock, log: silentLog, settings: { ...AMQP_SETTINGS, reconnect } });
    const onLine = () => sessions++;
    publisher = await publisherOn(link, { clock, log: silentLog, publishTimeoutMs: 60_000, onLine });
    await link.waitConnected(10_000);
    await administer(url, (channel) =>
      channel.assertQueue(queue, { maxLength: 1, overflow: 'reject-publish', durable: true, expires: 60_000 }),
    );
  });
  afterEach(async () => {
    await link.close();
    await administer(url, (channel) => channel.deleteQueue(queue));
  });

  it('tells what a queue took from what nobody takes', async () => {
    const options = { mandatory: true };
    expect(await publisher.send({ exchange: '', key: queue, body: 'a', options })).toBe('taken');
    expect(await publisher.send({ exchange: '', key: `${queue}-absent`, body: 'a', options })).toBe('returned');
    expect(await publisher.send({ exchange: '', key: `${queue}-absent`, body: 'a', options: {} })).toBe('taken');
  });

  it('publishes again what was nacked: until it is taken, or its tries are over', async () => {
    const message = { exchange: '', key: queue, body: 'a', options: {} };
    await publisher.send(message);
    const refused = outcomeOf(publisher.send(message));
    await inTime({ clock }, () => expect(refused.is).toBeInstanceOf(BusUnavailable));
    expect(String(refused.is)).toMatch(/nacked by the broker/);

    const late = outcomeOf(publisher.send(message));
    await administer(url, (channel) => channel.purgeQueue(queue));
    await inTime({ clock }, () => expect(late.is).toBe('taken'));
    expect(sessions).toBe(1);
  });

  it('gives up a message under which the broker closes the channel, and others go on', async () => {
    const poison = outcomeOf(publisher.send({ exchange: 'no such exchange', key: 'a', body: 'a', options: {} }));
    await inTime({ clock }, () => expect(poison.is).toBeInstanceOf(BusUnavailable));
    expect(String(poison.is)).toMatch(/refused by the broker/);
    expect(await publisher.send({ exchange: '', key: queue, body: 'a', options: {} })).toBe('taken');
    expect(sessions).toBe(4);
  });

  it('stops when nobody waits any more', async () => {
    const over = AbortSignal.abort();
    const sent = publisher.send({ exchange: '', key: queue, body: 'a', options: {} }, over);
    await expect(sent).rejects.toBeInstanceOf(BusUnavailable);
    const { messageCount } = await administer(url, (channel) => channel.checkQueue(queue));
    expect(messageCount).toBe(0);
  });
});

function outcomeOf(sent: Promise<unknown>): { is: unknown } {
  const outcome: { is: unknown } = { is: 'open' };
  sent.then(
    (value) => {
      outcome.is = value;
    },
    (error) => {
      outcome.is = error;
    },
  );
  return outcome;
}
