import { DELIVERY_LIMIT, topologyOf } from '@vfleet/contracts/topology';
import { systemClock } from '@vfleet/process/clock';
import { silentLog } from '@vfleet/process/log';
import { connect } from 'amqplib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AmqpSettings } from './amqp/settings.ts';
import { amqpBus } from './amqp.ts';
import { answers, type Bus, BusUnavailable, obeys, reactsTo } from './bus.ts';
import { eventually } from './conformance/bench.ts';
import { agentContext, context, Double, Happened, Poke, Rumoured, SUITE_CONTRACTS } from './conformance/contracts.ts';
import { administer, onBroker, remove } from './testing/broker-under-test.ts';
import { type SeverableProxy, severableProxy } from './testing/severable-proxy.ts';

const patient = { timeoutMs: 20_000 };
const quick = { reconnect: { firstDelayMs: 20, mostDelayMs: 100 } };
let count = 0;

onBroker('the AMQP bus comes back', (url) => {
  const clock = systemClock();
  let topology = topologyOf(SUITE_CONTRACTS);
  let proxy: SeverableProxy;
  const buses: Bus[] = [];

  beforeEach(async () => {
    topology = topologyOf(SUITE_CONTRACTS, { prefix: `recovery-${process.pid}-${++count}` });
    proxy = await severableProxy(url);
  });
  afterEach(async () => {
    proxy.restore();
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await proxy.close();
    await remove(url, topology);
  });

  async function connected(
    options: { role?: 'agent'; settings?: Partial<AmqpSettings>; by?: string } = {},
  ): Promise<Bus> {
    const { role, settings, by = proxy.url } = options;
    const bus = await amqpBus({
      url: by,
      clock,
      log: silentLog,
      role,
      topology,
      settings: { ...quick, ...settings },
    });
    buses.push(bus);
    return bus;
  }

  it('asking, serving, publishing, following and hosts work again after a lost connection', async () => {
    const [owner, other, agent] = [await connected(), await connected(), await connected({ role: 'agent' })];
    const heard: string[] = [];
    await owner.serve('inventory', [
      answers(Double, async ({ payload }) => ({ ok: true, reply: { n: payload.n * 2 } })),
      reactsTo(Happened, async ({ payload }) => void heard.push(`consumed ${payload.n}`)),
    ]);
    const follow = reactsTo(Happened, async ({ payload }) => void heard.push(`followed ${payload.n}`));
    await other.follow([follow], () => heard.push('subscribed'));
    await agent.attach('h1', [obeys(Poke, async ({ payload }) => void heard.push(`obeyed ${payload.n}`))], {
      subscribed: () => heard.push('attached'),
      lost: () => heard.push('lost'),
    });
    expect(heard.splice(0)).toEqual(['subscribed', 'attached']);

    for (const n of [1, 2]) {
      proxy.sever();
      await eventually(() => expect(heard.toSorted()).toEqual(['attached', 'lost', 'subscribed']));
      await eventually(() => expect(buses.every((bus) => bus.connected())).toBe(true));
      heard.length = 0;
      expect(await other.ask(Double, { id: 'a', n }, context(), patient)).toEqual({ ok: true, reply: { n: n * 2 } });
      await agent.publish(Happened, { id: 'a', n }, context());
      expect(await owner.tell(Poke, 'h1', { n }, context())).toBe('delivered');
      await eventually(() => expect(heard.toSorted()).toEqual([`consumed ${n}`, `followed ${n}`, `obeyed ${n}`]));
      heard.length = 0;
    }
  });

  it('nothing that was confirmed is lost, and a question that waits is answered', async () => {
    const [owner, other] = [await connected(), await connected()];
    const consumed = new Set<number>();
    const atOnce = new Set<string>();
    let overlaps = 0;
    await owner.serve('inventory', [
      answers(Double, async ({ payload }) => {
        await clock.sleep(5);
        return { ok: true, reply: { n: payload.n * 2 } };
      }),
      reactsTo(Happened, async ({ payload }) => {
        if (atOnce.has(payload.id)) overlaps++;
        atOnce.add(payload.id);
        await clock.sleep(2);
        atOnce.delete(payload.id);
        consumed.add(payload.n);
      }),
    ]);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    const storm = severals(proxy, { times: 4, everyMs: 60 });
    const all = numbers.map(async (n) => {
      await clock.sleep(n);
      if (n % 10 === 0) {
        const verdict = await other.ask(Double, { id: `k${n}`, n }, context(), patient);
        expect(verdict).toEqual({ ok: true, reply: { n: n * 2 } });
      }
      await other.publish(Happened, { id: `k${n % 5}`, n }, context());
    });
    await Promise.all(all);
    await storm;
    await eventually(() => expect([...consumed].sort((a, b) => a - b)).toEqual(numbers));
    expect(overlaps).toBe(0);
    expect(await owner.deadLetters('inventory', 10)).toEqual([]);
  });

  it('what is said meanwhile waits for it, and fails when that takes too long', async () => {
    const bus = await connected({ settings: { publishTimeoutMs: 300 } });
    const patientBus = await connected();
    proxy.cut();
    await eventually(() => expect([bus.connected(), patientBus.connected()]).toEqual([false, false]));
    await expect(bus.publish(Happened, { id: 'a', n: 1 }, context())).rejects.toBeInstanceOf(BusUnavailable);
    await expect(bus.tell(Poke, 'h1', { n: 1 }, context())).rejects.toBeInstanceOf(BusUnavailable);
    await expect(bus.ask(Double, { id: 'a', n: 1 }, context(), patient)).rejects.toBeInstanceOf(BusUnavailable);
    await expect(bus.publish(Rumoured, { id: 'a', n: 1 }, agentContext('a'))).rejects.toBeInstanceOf(BusUnavailable);
    await expect(bus.deadLetters('inventory', 1)).rejects.toBeInstanceOf(BusUnavailable);
    const closing = await connected({ settings: { startTimeoutMs: 0 } });
    const ended = expect(closing.publish(Happened, { id: 'a', n: 1 }, context())).rejects.toBeInstanceOf(
      BusUnavailable,
    );
    await closing.close();
    await ended;
    const waiting = patientBus.publish(Happened, { id: 'a', n: 2 }, context());
    proxy.restore();
    await waiting;
  });

  it('a broker that falls silent is left after two heartbeats', async () => {
    const bus = await connected({ settings: { heartbeatSeconds: 1 } });
    await bus.serve('inventory', [answers(Double, async ({ payload }) => ({ ok: true, reply: payload }))]);
    proxy.stall();
    const asked = bus.ask(Double, { id: 'a', n: 3 }, context(), patient);
    await eventually(() => expect(bus.connected()).toBe(false));
    proxy.restore();
    expect(await asked).toEqual({ ok: true, reply: { n: 3 } });
  });

  it('a broker that lost an exchange gets it again, and then the message that found out', async () => {
    const bus = await connected();
    await administer(url, (channel) => channel.deleteExchange(topology.exchanges.hosts.name));
    expect(await bus.tell(Poke, 'h1', { n: 1 }, context())).toBe('no-agent');
    await eventually(() => expect(bus.connected()).toBe(true));
  });

  it('a broker that lost a queue gets it again', async () => {
    const bus = await connected();
    await bus.serve('inventory', [answers(Double, async ({ payload }) => ({ ok: true, reply: payload }))]);
    await administer(url, (channel) => channel.deleteQueue(`${topology.prefix}.inventory`));
    await eventually(async () => {
      expect(await bus.ask(Double, { id: 'a', n: 3 }, context(), patient)).toEqual({ ok: true, reply: { n: 3 } });
    });
  });

  it('a start without a broker fails after its time, or goes on in the background', async () => {
    proxy.cut();
    const failed = await connected({ settings: { startTimeoutMs: 100 } }).catch((error) => error);
    expect(failed).toBeInstanceOf(BusUnavailable);
    expect(failed.cause).toBeInstanceOf(Error);

    const agent = await connected({ role: 'agent', settings: { startTimeoutMs: 0 } });
    let attached = 0;
    await agent.attach('h1', [obeys(Poke, async () => undefined)], { subscribed: () => attached++ });
    expect([agent.connected(), attached]).toEqual([false, 0]);
    const control = await connected({ by: url });
    proxy.restore();
    await eventually(() => expect(attached).toBe(1));
    expect(await control.tell(Poke, 'h1', { n: 1 }, context())).toBe('delivered');
  });

  it('what too many consumers went away with is a dead letter of the broker, and can be replayed', async () => {
    const bus = await connected();
    await bus.publish(Happened, { id: 'a', n: 9 }, context('restless'));
    const queue = `${topology.prefix}.inventory`;
    for (let death = 0; death <= DELIVERY_LIMIT; death++) await dieConsuming(url, queue);
    await eventually(async () => expect(await bus.deadLetters('inventory', 10)).toHaveLength(1));
    const [letter] = await bus.deadLetters('inventory', 10);
    expect(letter).toMatchObject({ id: 'restless', name: Happened.name, queue, reason: 'delivery-limit' });
    expect(Math.abs(Date.parse(letter?.at ?? '') - clock.now())).toBeLessThan(60_000);
    expect(await bus.replayDeadLetters('inventory', ['restless'])).toBe(1);
    const seen: number[] = [];
    await bus.serve('inventory', [reactsTo(Happened, async ({ payload }) => void seen.push(payload.n))]);
    await eventually(() => expect(seen).toEqual([9]));
  });
});

async function severals(proxy: SeverableProxy, { times, everyMs }: { times: number; everyMs: number }): Promise<void> {
  for (let time = 0; time < times; time++) {
    await systemClock().sleep(everyMs);
    proxy.sever();
  }
}

/** Takes one message of the queue and dies with it. */
async function dieConsuming(url: string, queue: string): Promise<void> {
  const proxy = await severableProxy(url);
  const connection = await connect(proxy.url, { noDelay: true });
  const closed = new Promise((resolve) => connection.on('close', resolve));
  connection.on('error', () => undefined);
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  await channel.consume(queue, () => proxy.sever());
  await closed;
  await proxy.close();
}
