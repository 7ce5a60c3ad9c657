import { describe, expect, it } from 'vitest';
import { answers, reactsTo } from '../bus.ts';
import { type Bench, eventually, inTime } from './bench.ts';
import { agentContext, context, Double, Happened, HappenedWithoutCheck, Rumoured, Unfollowed } from './contracts.ts';

export function following(bench: () => Bench): void {
  describe('following', () => {
    it('brings every event to every follower, beside the one replica that consumes it', async () => {
      const buses = [await bench().connect(), await bench().connect()];
      const seen: string[] = [];
      for (const [index, bus] of buses.entries()) {
        await bus.serve('inventory', [reactsTo(Happened, async () => void seen.push('consumer'))]);
        await bus.follow([reactsTo(Happened, async ({ payload }) => void seen.push(`follower ${index} ${payload.n}`))]);
      }
      await buses[0]?.publish(Happened, { id: 'a', n: 5 }, context());
      await eventually(() => expect(seen.toSorted()).toEqual(['consumer', 'follower 0 5', 'follower 1 5']));
    });

    it('says when it is subscribed, and misses nothing from then on', async () => {
      const [publisher, follower] = [await bench().connect(), await bench().connect()];
      const seen: (number | 'subscribed')[] = [];
      const note = reactsTo(Rumoured, async ({ payload }) => void seen.push(payload.n));
      await publisher.publish(Rumoured, { id: 'a', n: 1 }, agentContext('a'));
      await follower.follow([note], () => seen.push('subscribed'));
      await publisher.publish(Rumoured, { id: 'a', n: 2 }, agentContext('a'));
      await eventually(() => expect(seen).toEqual(['subscribed', 2]));
    });

    it('lets go of what cannot be read and of what fails for good, and goes on', async () => {
      const bus = await bench().connect();
      const seen: number[] = [];
      await bus.follow([
        reactsTo(Happened, async ({ payload }) => {
          if (payload.n === 1) throw new Error('always');
          seen.push(payload.n);
        }),
      ]);
      await bus.publish(HappenedWithoutCheck, { id: 'a', n: 'many' }, context());
      await bus.publish(Happened, { id: 'a', n: 1 }, context());
      await bus.publish(Happened, { id: 'a', n: 2 }, context());
      await inTime(bench(), () => expect(seen).toEqual([2]));
    });

    it('ends with its subscription', async () => {
      const bus = await bench().connect();
      const seen: string[] = [];
      const first = await bus.follow([reactsTo(Rumoured, async () => void seen.push('first'))]);
      await bus.follow([reactsTo(Rumoured, async () => void seen.push('second'))]);
      await first.close();
      await bus.publish(Rumoured, { id: 'a', n: 1 }, agentContext('a'));
      await eventually(() => expect(seen).toEqual(['second']));
    });

    it('is of events that declare followers', async () => {
      const bus = await bench().connect();
      const nothing = async () => undefined;
      await expect(bus.follow([reactsTo(Unfollowed, nothing)])).rejects.toThrow(/declares no followers/);
      const command = answers(Double, async () => ({ ok: true, reply: { n: 1 } }));
      await expect(bus.follow([command])).rejects.toThrow(/only events/);
    });
  });
}
