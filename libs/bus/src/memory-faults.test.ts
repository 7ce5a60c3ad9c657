import { topologyOf } from '@vfleet/contracts/topology';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { AskTimeout, answers, obeys, reactsTo } from './bus.ts';
import { SUITE_SETTINGS } from './conformance/bench.ts';
import { agentContext, context, Double, Happened, Poke, Rumoured, SUITE_CONTRACTS } from './conformance/contracts.ts';
import type { BusFaults } from './memory/faults.ts';
import { memoryBroker } from './memory.ts';

describe('faults', () => {
  it.each([
    ['duplicates', { duplicate: 1 }, [1, 1, 2, 2, 3, 3]],
    ['loses what it confirmed', { lose: 1 }, []],
    ['lets the next message overtake the last', { reorder: 1, delayUpToMs: 50 }, [1, 2, 3]],
    ['delivers late', { delay: 1, delayUpToMs: 50 }, [1, 2, 3]],
  ])('it %s', async (_what, faults, expected) => {
    const { seen, publish, finish } = follower({ seed: 5, ...faults });
    await publish([1, 2, 3]);
    await finish();
    expect(seen.toSorted()).toEqual(expected);
  });

  it('overtaking and lateness change the order, nothing else', async () => {
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    for (const faults of [{ reorder: 0.5 }, { delay: 0.5 }]) {
      const { seen, publish, finish } = follower({ seed: 5, ...faults });
      await publish(numbers);
      await finish();
      expect(seen).not.toEqual(numbers);
      expect(seen.toSorted((a, b) => a - b)).toEqual(numbers);
    }
  });

  it('are the same for the same seed', async () => {
    const run = async (seed: number) => {
      const { seen, publish, finish } = follower({ seed, duplicate: 0.3, delay: 0.3, reorder: 0.3, lose: 0.3 });
      await publish(Array.from({ length: 40 }, (_, n) => n));
      await finish();
      return seen;
    };
    expect(await run(11)).toEqual(await run(11));
    expect(await run(11)).not.toEqual(await run(12));
  });

  it('can lose an answer: the command was carried out, its asker does not know', async () => {
    const { clock, bus } = bench({ seed: 1, loseReply: 1 });
    let carriedOut = 0;
    await bus.serve('inventory', [answers(Double, async () => ({ ok: true, reply: { n: ++carriedOut } }))]);
    const asked = bus.ask(Double, { id: 'a', n: 1 }, context(), { timeoutMs: 500 });
    const outcome = expect(asked).rejects.toBeInstanceOf(AskTimeout);
    await clock.advance(500);
    await outcome;
    expect(carriedOut).toBe(1);
  });
});

describe('the death of the broker', () => {
  it('forgets messages and dead letters; every process is subscribed again', async () => {
    const { broker, bus, clock } = bench();
    const other = broker.connect();
    const heard: string[] = [];
    await bus.publish(Happened, { id: 'a', n: 1 }, context());
    await other.follow([reactsTo(Rumoured, async ({ payload }) => void heard.push(`rumour ${payload.n}`))], () =>
      heard.push('subscribed'),
    );
    await other.attach('h1', [obeys(Poke, async () => void heard.push('poked'))], {
      subscribed: () => heard.push('attached'),
      lost: () => heard.push('lost'),
    });
    heard.length = 0;
    broker.crash();
    expect(heard.splice(0)).toEqual(['lost', 'subscribed', 'attached']);
    await bus.serve('inventory', [reactsTo(Happened, async ({ payload }) => void heard.push(`fact ${payload.n}`))]);
    await bus.publish(Rumoured, { id: 'a', n: 2 }, agentContext('a'));
    await bus.tell(Poke, 'h1', { n: 1 }, context());
    await broker.idle();
    expect(heard.toSorted()).toEqual(['poked', 'rumour 2']);

    const confirmed = bus.publish(Happened, { id: 'a', n: 3 }, context());
    broker.crash();
    await confirmed;
    await clock.advance(1_000);
    expect(heard).not.toContain('fact 3');
  });

  it('leaves a running handler alone: its ack and answer reach nobody', async () => {
    const { broker, bus, clock } = bench();
    const gate = Promise.withResolvers<void>();
    let handled = 0;
    await bus.serve('inventory', [
      answers(Double, async () => {
        await gate.promise;
        return { ok: true, reply: { n: ++handled } };
      }),
    ]);
    const asked = bus.ask(Double, { id: 'a', n: 1 }, context(), { timeoutMs: 500 });
    const outcome = expect(asked).rejects.toBeInstanceOf(AskTimeout);
    await clock.advance(0);
    broker.crash();
    gate.resolve();
    await clock.advance(500);
    await outcome;
    expect(handled).toBe(1);
    expect(await bus.ask(Double, { id: 'a', n: 1 }, context(), { timeoutMs: 500 })).toEqual({
      ok: true,
      reply: { n: 2 },
    });
  });
});

describe('idle', () => {
  it('is when nothing is queued, running, held or late; what nobody serves does not count', async () => {
    const { broker, bus, clock } = bench({ seed: 1, delay: 1, delayUpToMs: 100 });
    await bus.publish(Happened, { id: 'a', n: 1 }, context());
    await clock.advance(100);
    await broker.idle();

    const gate = Promise.withResolvers<void>();
    let tries = 0;
    await bus.serve('inventory', [
      reactsTo(Happened, async () => {
        if (++tries === 1) throw new Error('held');
        await gate.promise;
      }),
    ]);
    let idle = false;
    const waiting = broker.idle().then(() => {
      idle = true;
    });
    await clock.advance(0);
    expect([tries, idle]).toEqual([1, false]);
    await clock.advance(100);
    expect([tries, idle]).toEqual([2, false]);
    gate.resolve();
    await waiting;

    await bus.publish(Happened, { id: 'a', n: 2 }, context());
    idle = false;
    const late = broker.idle().then(() => {
      idle = true;
    });
    await clock.advance(0);
    expect(idle).toBe(false);
    await clock.advance(100);
    await late;
    expect(tries).toBe(3);
  });
});

it('gives up a message that consumers went away with too often', async () => {
  const { broker, bus } = bench();
  await bus.publish(Happened, { id: 'a', n: 1 }, context('restless'));
  for (let death = 0; death <= 50; death++) {
    const dying = broker.connect();
    let started = false;
    await dying.serve('inventory', [
      reactsTo(Happened, () => {
        started = true;
        return new Promise(() => undefined);
      }),
    ]);
    await Promise.resolve();
    expect(started).toBe(true);
    dying.die();
  }
  expect(await bus.deadLetters('inventory', 10)).toMatchObject([{ id: 'restless', reason: 'delivery-limit' }]);
});

function bench(faults?: BusFaults) {
  const clock = virtualClock();
  const topology = topologyOf(SUITE_CONTRACTS);
  const broker = memoryBroker({ clock, log: silentLog, faults, topology, settings: SUITE_SETTINGS });
  return { clock, broker, bus: broker.connect() };
}

function follower(faults: BusFaults) {
  const { clock, bus } = bench(faults);
  const seen: number[] = [];
  return {
    seen,
    async publish(numbers: readonly number[]) {
      await bus.follow([reactsTo(Happened, async ({ payload }) => void seen.push(payload.n))]);
      for (const n of numbers) {
        await bus.publish(Happened, { id: 'a', n }, context());
        await clock.advance(1);
      }
    },
    async finish() {
      await clock.advance(2_000);
      await bus.idle();
    },
  };
}
