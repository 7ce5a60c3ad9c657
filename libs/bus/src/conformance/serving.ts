import { describe, expect, it } from 'vitest';
import { answers, BusUnavailable, reactsTo } from '../bus.ts';
import { type Bench, eventually, inTime } from './bench.ts';
import { context, Double, Happened, Look, Rumoured, Unrouted } from './contracts.ts';

const patient = { timeoutMs: 60_000 };

export function serving(bench: () => Bench): void {
  describe('serving', () => {
    it('is shared by replicas: each message goes to one, and each gets some', async () => {
      const [one, two, asker] = [await bench().connect(), await bench().connect(), await bench().connect()];
      const seen: { by: string; n: number }[] = [];
      for (const [by, bus] of Object.entries({ one, two })) {
        await bus.serve('inventory', [
          answers(Double, async ({ payload }) => {
            seen.push({ by, n: payload.n });
            return { ok: true, reply: payload };
          }),
        ]);
      }
      const numbers = Array.from({ length: 50 }, (_, n) => n);
      await Promise.all(numbers.map((n) => asker.ask(Double, { id: `k${n}`, n }, context(), patient)));
      expect(seen.map(({ n }) => n).sort((a, b) => a - b)).toEqual(numbers);
      expect(new Set(seen.map(({ by }) => by))).toEqual(new Set(['one', 'two']));
    });

    it('handles one message of a key at a time, in the order they came, and other keys beside it', async () => {
      const bus = await bench().connect();
      const gates = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
      const started: string[] = [];
      await bus.serve('inventory', [
        reactsTo(Happened, async ({ payload }) => {
          started.push(`${payload.id}${payload.n}`);
          await gates[payload.id as 'a' | 'b'].promise;
        }),
      ]);
      for (const n of [1, 2, 3]) await bus.publish(Happened, { id: 'a', n }, context());
      await bus.publish(Happened, { id: 'b', n: 1 }, context());
      await eventually(() => expect(started).toEqual(['a1', 'b1']));
      gates.a.resolve();
      await eventually(() => expect(started).toEqual(['a1', 'b1', 'a2', 'a3']));
      gates.b.resolve();
    });

    it('answers queries side by side, whatever their key', async () => {
      const bus = await bench().connect();
      const gate = Promise.withResolvers<void>();
      await bus.serve('inventory', [
        answers(Double, async () => gate.promise.then(() => ({ ok: true as const, reply: { n: 0 } }))),
        answers(Look, async ({ payload }) => ({ ok: true, reply: payload })),
      ]);
      const slow = bus.ask(Double, { id: 'a', n: 1 }, context(), patient);
      expect(await bus.ask(Look, { id: 'a', n: 2 }, context(), patient)).toEqual({ ok: true, reply: { n: 2 } });
      gate.resolve();
      expect(await slow).toEqual({ ok: true, reply: { n: 0 } });
    });

    it('finds what came while nobody served', async () => {
      const [publisher, later] = [await bench().connect(), await bench().connect()];
      for (const n of [1, 2, 3]) await publisher.publish(Happened, { id: 'a', n }, context());
      await publisher.close();
      const seen: number[] = [];
      await later.serve('inventory', [reactsTo(Happened, async ({ payload }) => void seen.push(payload.n))]);
      await eventually(() => expect(seen).toEqual([1, 2, 3]));
    });

    it('refuses bindings of messages that do not reach the service', async () => {
      const bus = await bench().connect();
      const nothing = async () => undefined;
      const never = async () => ({ ok: true as const, reply: {} });
      await expect(bus.serve('inventory', [reactsTo(Rumoured, nothing)])).rejects.toThrow(/rumoured: not routed/);
      await expect(bus.serve('inventory', [answers(Unrouted, never)])).rejects.toThrow(/unrouted: not routed/);
      await expect(bus.serve('scheduler', [])).rejects.toThrow(/scheduler/);
      const twice = [reactsTo(Happened, nothing), reactsTo(Happened, nothing)];
      await expect(bus.serve('inventory', twice)).rejects.toThrow(/bound twice/);
    });

    it('refuses a fact that breaks its contract before it leaves', async () => {
      const bus = await bench().connect();
      await expect(bus.publish(Happened, { id: 'a', n: 0.5 }, context())).rejects.toThrow(/inventory.happened.*at n/);
      await expect(bus.publish(Happened, { id: 'a', n: 1 }, { ...context(), sentAt: 'now' })).rejects.toThrow(/sentAt/);
      await expect(bus.publish(Happened, { id: 'a.b', n: 1 }, context())).rejects.toThrow(/routing key/);
    });
  });

  describe('the end of a process', () => {
    it('in good order lets a running handler answer, and leaves the rest to others', async () => {
      const [leaving, staying, asker] = [await bench().connect(), await bench().connect(), await bench().connect()];
      const gate = Promise.withResolvers<void>();
      let started = 0;
      await leaving.serve('inventory', [
        answers(Double, async ({ payload }) => {
          started++;
          await gate.promise;
          return { ok: true, reply: { n: payload.n } };
        }),
      ]);
      const first = asker.ask(Double, { id: 'a', n: 1 }, context(), patient);
      await eventually(() => expect(started).toBe(1));
      const second = asker.ask(Double, { id: 'a', n: 2 }, context(), patient);
      const closed = leaving.close();
      await staying.serve('inventory', [answers(Double, async () => ({ ok: true, reply: { n: 100 } }))]);
      gate.resolve();
      expect(await first).toEqual({ ok: true, reply: { n: 1 } });
      await closed;
      expect(await second).toEqual({ ok: true, reply: { n: 100 } });
      expect(started).toBe(1);
      await expect(leaving.publish(Happened, { id: 'a', n: 1 }, context())).rejects.toBeInstanceOf(BusUnavailable);
    });

    it('by death has its unacked messages delivered again, marked so', async () => {
      const [dying, staying, publisher] = [await bench().connect(), await bench().connect(), await bench().connect()];
      let started = 0;
      await dying.serve('inventory', [
        reactsTo(Happened, () => {
          started++;
          return new Promise(() => undefined);
        }),
      ]);
      for (const n of [1, 2]) await publisher.publish(Happened, { id: `k${n}`, n }, context());
      await eventually(() => expect(started).toBe(2));
      await bench().kill(dying);
      const seen: unknown[] = [];
      await staying.serve('inventory', [
        reactsTo(Happened, async ({ payload, redelivered }) => void seen.push({ n: payload.n, redelivered })),
      ]);
      await inTime(bench(), () => expect(seen).toHaveLength(2));
      expect(seen).toEqual(expect.arrayContaining([1, 2].map((n) => ({ n, redelivered: true }))));
    });
  });
}
