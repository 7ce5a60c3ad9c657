import { describe, expect, it } from 'vitest';
import { AskTimeout, answers, BusUnavailable } from '../bus.ts';
import { type Bench, eventually, inTime } from './bench.ts';
import { context, Double, DoubleWithoutCheck, Look, Unrouted } from './contracts.ts';

const patient = { timeoutMs: 60_000 };

export function asking(bench: () => Bench): void {
  describe('asking', () => {
    it('is answered by the owner, which learns who asks and why', async () => {
      const [owner, asker] = [await bench().connect(), await bench().connect()];
      let learnt: unknown;
      await owner.serve('inventory', [
        answers(Double, async ({ payload, redelivered, ...rest }) => {
          learnt = { ...rest, redelivered };
          return { ok: true, reply: { n: payload.n * 2 } };
        }),
      ]);
      const asked = context();
      expect(await asker.ask(Double, { id: 'a', n: 21 }, asked, patient)).toEqual({ ok: true, reply: { n: 42 } });
      expect(learnt).toEqual({ ...asked, name: Double.name, redelivered: false });
    });

    it('gets a refusal as a value', async () => {
      const bus = await bench().connect();
      const refusals = [{ code: 'HOST_NOT_EXIST' as const, detail: 'h1', remedy: 'add it' }];
      await bus.serve('inventory', [answers(Double, async () => ({ ok: false, refusals }))]);
      expect(await bus.ask(Double, { id: 'a', n: 1 }, context(), patient)).toEqual({ ok: false, refusals });
    });

    it('keeps many questions at a time apart', async () => {
      const [owner, asker] = [await bench().connect(), await bench().connect()];
      await owner.serve('inventory', [
        answers(Double, async ({ payload }) => ({ ok: true, reply: { n: payload.n * 2 } })),
        answers(Look, async ({ payload }) => ({ ok: true, reply: { n: payload.n } })),
      ]);
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      const asked = numbers.map((n) => asker.ask(n % 2 ? Double : Look, { id: `k${n % 7}`, n }, context(), patient));
      const expected = numbers.map((n) => ({ ok: true, reply: { n: n % 2 ? n * 2 : n } }));
      expect(await Promise.all(asked)).toEqual(expected);
    });

    it('throws before anything leaves when the request breaks its contract', async () => {
      const bus = await bench().connect();
      const seen: unknown[] = [];
      await bus.serve('inventory', [
        answers(DoubleWithoutCheck, async (message) => {
          seen.push(message.payload);
          return { ok: true, reply: { n: 0 } };
        }),
      ]);
      await expect(bus.ask(Double, { id: 'a', n: 0.5 }, context(), patient)).rejects.toThrow(/inventory.double.*at n/);
      await bus.ask(Double, { id: 'a', n: 1 }, context(), patient);
      expect(seen).toEqual([{ id: 'a', n: 1 }]);
    });

    it('throws AskTimeout with the id when nobody answers in time', async () => {
      const asker = await bench().connect();
      let outcome: unknown;
      asker.ask(Double, { id: 'a', n: 1 }, context('lonely'), { timeoutMs: 1_000 }).catch((error) => {
        outcome = error;
      });
      await inTime(bench(), () => expect(outcome).toBeInstanceOf(AskTimeout));
      expect(outcome).toMatchObject({ messageId: 'lonely' });
    });

    it('drops an answer that comes too late', async () => {
      const bus = await bench().connect();
      const gate = Promise.withResolvers<void>();
      await bus.serve('inventory', [
        answers(Double, async ({ payload }) => {
          if (payload.n === 1) await gate.promise;
          return { ok: true, reply: payload };
        }),
      ]);
      const controller = new AbortController();
      const late = bus.ask(Double, { id: 'a', n: 1 }, context(), { ...patient, signal: controller.signal });
      controller.abort();
      await expect(late).rejects.toBeInstanceOf(AskTimeout);
      gate.resolve();
      expect(await bus.ask(Double, { id: 'a', n: 2 }, context(), patient)).toEqual({ ok: true, reply: { n: 2 } });
    });

    it('throws AskTimeout at once when its signal has aborted, and sends nothing', async () => {
      const bus = await bench().connect();
      const seen: number[] = [];
      await bus.serve('inventory', [
        answers(Double, async ({ payload }) => {
          seen.push(payload.n);
          return { ok: true, reply: payload };
        }),
      ]);
      const limits = { ...patient, signal: AbortSignal.abort() };
      await expect(bus.ask(Double, { id: 'a', n: 1 }, context(), limits)).rejects.toBeInstanceOf(AskTimeout);
      await bus.ask(Double, { id: 'a', n: 2 }, context(), patient);
      expect(seen).toEqual([2]);
    });

    it('throws BusUnavailable when nobody owns the command', async () => {
      const bus = await bench().connect();
      await expect(bus.ask(Unrouted, { id: 'a', n: 1 }, context(), patient)).rejects.toBeInstanceOf(BusUnavailable);
    });

    it('throws BusUnavailable at once when the owner cannot read the question', async () => {
      const bus = await bench().connect();
      await bus.serve('inventory', [answers(Double, async () => ({ ok: true, reply: { n: 0 } }))]);
      const asked = bus.ask(DoubleWithoutCheck, { id: 'a', n: 'many' }, context(), patient);
      await expect(asked).rejects.toBeInstanceOf(BusUnavailable);
      await expect(asked).rejects.toThrow(/inventory cannot read it.*at n/);
      await eventually(async () => expect(await bus.deadLetters('inventory', 10)).toHaveLength(1));
    });

    it('throws BusUnavailable once the bus is closed, and ends what waits', async () => {
      const bus = await bench().connect();
      const waiting = expect(bus.ask(Double, { id: 'a', n: 1 }, context(), patient)).rejects.toBeInstanceOf(
        BusUnavailable,
      );
      await bus.close();
      await waiting;
      await expect(bus.ask(Double, { id: 'a', n: 1 }, context(), patient)).rejects.toBeInstanceOf(BusUnavailable);
      expect(bus.connected()).toBe(false);
    });
  });
}
