import { describe, expect, it } from 'vitest';
import { answers, type Bus, reactsTo } from '../bus.ts';
import { type Bench, eventually, inTime, SUITE_SETTINGS } from './bench.ts';
import {
  context,
  Double,
  Happened,
  HappenedElsewhere,
  HappenedLater,
  HappenedWithoutCheck,
  Look,
} from './contracts.ts';

export function failing(bench: () => Bench): void {
  describe('a handler that fails', () => {
    it('is called again after a delay, told so, and its key is free meanwhile', async () => {
      const bus = await bench().connect();
      const seen: { n: number; redelivered: boolean }[] = [];
      await bus.serve('inventory', [
        reactsTo(Happened, async ({ payload, redelivered }) => {
          seen.push({ n: payload.n, redelivered });
          if (payload.n === 1 && !redelivered) throw new Error('the store is away');
        }),
      ]);
      for (const n of [1, 2]) await bus.publish(Happened, { id: 'a', n }, context());
      await eventually(() => expect(seen).toHaveLength(2));
      expect(seen[1]).toEqual({ n: 2, redelivered: false });
      await inTime(bench(), () => expect(seen).toHaveLength(3));
      expect(seen[2]).toEqual({ n: 1, redelivered: true });
    });

    it('answers in the end when it recovers', async () => {
      const bus = await bench().connect();
      let tries = 0;
      await bus.serve('inventory', [
        answers(Double, async ({ payload }) => {
          if (++tries < 3) throw new Error('not yet');
          return { ok: true, reply: { n: payload.n * 2 } };
        }),
      ]);
      const answer = bus.ask(Double, { id: 'a', n: 4 }, context(), { timeoutMs: 60_000 });
      await inTime(bench(), () => expect(tries).toBe(3));
      expect(await answer).toEqual({ ok: true, reply: { n: 8 } });
    });

    it('does not keep others from their messages, however many are held', async () => {
      const bus = await bench().connect();
      const seen: number[] = [];
      await bus.serve('inventory', [
        reactsTo(Happened, async ({ payload }) => {
          if (payload.id === 'poison') throw new Error('always');
          seen.push(payload.n);
        }),
      ]);
      for (let n = 0; n < 2 * SUITE_SETTINGS.prefetch; n++) await bus.publish(Happened, { id: 'poison', n }, context());
      await bus.publish(Happened, { id: 'good', n: 1 }, context());
      await eventually(() => expect(seen).toEqual([1]));
    });

    it('loses its message to the dead letters when patience ends; a replay brings it back', async () => {
      const bus = await bench().connect();
      let broken = true;
      const seen: number[] = [];
      await bus.serve('inventory', [
        reactsTo(Happened, async ({ payload }) => {
          if (broken) throw new TypeError('broken');
          seen.push(payload.n);
        }),
      ]);
      await bus.publish(Happened, { id: 'a', n: 7 }, context('given-up'));
      await inTime(bench(), async () => expect(await bus.deadLetters('inventory', 10)).toHaveLength(1));
      const [letter] = await bus.deadLetters('inventory', 10);
      expect(letter).toMatchObject({
        id: 'given-up',
        name: Happened.name,
        reason: 'failed',
        problem: 'TypeError: broken',
      });
      expect(JSON.parse(letter?.body ?? '')).toMatchObject({ payload: { id: 'a', n: 7 } });
      expect(letter?.queue).toMatch(/inventory$/);
      broken = false;
      expect(await bus.replayDeadLetters('inventory', ['given-up', 'unknown'])).toBe(1);
      await eventually(() => expect(seen).toEqual([7]));
      expect(await bus.deadLetters('inventory', 10)).toEqual([]);
    });
  });

  it('a query that always fails is dropped when patience ends, and never delivered again', async () => {
    const bus = await bench().connect();
    let tries = 0;
    const always = (): never => {
      throw new Error('the owner does not know yet');
    };
    const counted = async () => {
      tries++;
      return always();
    };
    const served = await bus.serve('inventory', [answers(Look, counted), reactsTo(Happened, async () => always())]);
    const asker = new AbortController();
    const asked = bus.ask(Look, { id: 'a', n: 1 }, context('query'), { timeoutMs: 60_000, signal: asker.signal });
    const unanswered = expect(asked).rejects.toThrow();
    await bus.publish(Happened, { id: 'b', n: 1 }, context('event'));
    await inTime(bench(), async () => expect(await listed(bus, 10)).toEqual(['event']));
    asker.abort();
    await unanswered;
    await served.close();
    const before = tries;
    await bus.serve('inventory', [answers(Look, counted), reactsTo(Happened, async () => undefined)]);
    expect(await bus.replayDeadLetters('inventory', ['event'])).toBe(1);
    await eventually(async () => expect(await listed(bus, 10)).toEqual([]));
    expect(tries).toBe(before);
  });

  describe('a message that cannot be read', () => {
    it('is a dead letter at once, with its problem', async () => {
      const bus = await bench().connect();
      await servesHappened(bus);
      await bus.publish(HappenedWithoutCheck, { id: 'a', n: 'many' }, context('wrong'));
      await eventually(async () => expect(await bus.deadLetters('inventory', 10)).toHaveLength(1));
      expect(await bus.deadLetters('inventory', 10)).toMatchObject([
        { id: 'wrong', name: Happened.name, reason: 'unreadable', problem: expect.stringContaining('at n') },
      ]);
    });

    it('is one of a newer schema version, and one that has no handler', async () => {
      const bus = await bench().connect();
      await servesHappened(bus);
      await bus.publish(HappenedLater, { id: 'a', n: 1 }, context('newer'));
      await expect(bus.ask(Double, { id: 'a', n: 1 }, context('unhandled'), { timeoutMs: 60_000 })).rejects.toThrow();
      await eventually(async () => expect(await bus.deadLetters('inventory', 10)).toHaveLength(2));
      const problems = (await bus.deadLetters('inventory', 10)).map(({ id, problem }) => [id, problem]);
      expect(problems).toEqual(
        expect.arrayContaining([
          ['newer', expect.stringContaining('schema version 2')],
          ['unhandled', expect.stringContaining('no handler')],
        ]),
      );
    });
  });

  describe('dead letters', () => {
    it('are listed oldest first up to the limit, as often as one likes, and replayed one by one', async () => {
      const bus = await bench().connect();
      await servesHappened(bus);
      const ids = ['first', 'second', 'third'];
      for (const id of ids) {
        await bus.publish(HappenedWithoutCheck, { id: 'a', n: id }, context(id));
        await eventually(async () => expect((await listed(bus, 10)).at(-1)).toBe(id));
      }
      for (let look = 0; look < 3; look++) expect(await listed(bus, 10)).toEqual(ids);
      expect(await listed(bus, 2)).toEqual(['first', 'second']);
      expect(await listed(bus, 0)).toEqual([]);
      expect(await bus.replayDeadLetters('inventory', ['second'])).toBe(1);
      await eventually(async () => expect(await listed(bus, 10)).toEqual(['first', 'third', 'second']));
    });

    it('are what was said of another entity than the key names, also when they are put back', async () => {
      const bus = await bench().connect();
      const heard: number[] = [];
      await bus.serve('inventory', [reactsTo(Happened, async ({ payload }) => void heard.push(payload.n))]);
      await bus.publish(HappenedElsewhere, { id: 'a', n: 1 }, context('forged'));
      const letter = { id: 'forged', reason: 'unreadable', key: 'inventory.happened.elsewhere' };
      await eventually(async () => expect(await bus.deadLetters('inventory', 10)).toMatchObject([letter]));
      expect(await bus.replayDeadLetters('inventory', ['forged'])).toBe(1);
      await bus.publish(Happened, { id: 'a', n: 2 }, context());
      await eventually(async () => expect(await bus.deadLetters('inventory', 10)).toMatchObject([letter]));
      await eventually(() => expect(heard).toEqual([2]));
    });
  });
}

async function servesHappened(bus: Bus): Promise<void> {
  await bus.serve('inventory', [reactsTo(Happened, async () => undefined)]);
}

async function listed(bus: Bus, limit: number): Promise<string[]> {
  return (await bus.deadLetters('inventory', limit)).map(({ id }) => id);
}
