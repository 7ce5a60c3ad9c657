import { describe, expect, it } from 'vitest';
import { type Bus, obeys, reactsTo } from '../bus.ts';
import { type Bench, eventually, inTime } from './bench.ts';
import { context, Happened, Nudge, Poke, PokeWithoutCheck } from './contracts.ts';

export function hosts(bench: () => Bench): void {
  describe('hosts', () => {
    it('are told something only while their agent is there', async () => {
      const [control, agent] = [await bench().connect(), await bench().connect('agent')];
      const seen: number[] = [];
      const poke = (n: number) => control.tell(Poke, 'h1', { n }, context());
      expect(await poke(1)).toBe('no-agent');
      let subscribed = 0;
      const obey = obeys(Poke, async ({ payload }) => void seen.push(payload.n));
      const attached = await agent.attach('h1', [obey], { subscribed: () => subscribed++ });
      expect(subscribed).toBe(1);
      expect(await poke(2)).toBe('delivered');
      expect(await control.tell(Poke, 'h2', { n: 3 }, context())).toBe('no-agent');
      await eventually(() => expect(seen).toEqual([2]));
      await attached.close();
      expect(await poke(4)).toBe('no-agent');
    });

    it('are away soon after their agent died', async () => {
      const [control, agent] = [await bench().connect(), await bench().connect('agent')];
      await agent.attach('h1', [obeys(Poke, async () => undefined)]);
      await bench().kill(agent);
      await eventually(async () => expect(await control.tell(Poke, 'h1', { n: 1 }, context())).toBe('no-agent'));
    });

    it('are told by every replica, and both of two agents with one id obey', async () => {
      const [control, one, two] = [
        await bench().connect(),
        await bench().connect('agent'),
        await bench().connect('agent'),
      ];
      const seen: string[] = [];
      await one.attach('h1', [obeys(Poke, async () => void seen.push('one'))]);
      await two.attach('h1', [obeys(Poke, async () => void seen.push('two'))]);
      await control.tell(Poke, 'h1', { n: 1 }, context());
      await eventually(() => expect(seen.toSorted()).toEqual(['one', 'two']));
    });

    it('report what they cannot read', async () => {
      const [control, agent] = [await bench().connect(), await bench().connect('agent')];
      const refused: string[][] = [];
      await agent.attach('h1', [obeys(Poke, async () => undefined)], {
        unreadable: (message, problem) => void refused.push([message, problem]),
      });
      await control.tell(PokeWithoutCheck, 'h1', { n: 'many' }, context());
      await control.tell(Nudge, 'h1', { n: 1 }, context());
      await eventually(() => expect(refused).toHaveLength(2));
      expect(refused).toEqual(
        expect.arrayContaining([
          ['poke', expect.stringContaining('at n')],
          ['nudge', expect.stringContaining('no handler')],
        ]),
      );
    });

    it('obey one message of a name at a time, try again what fails, and answer with events', async () => {
      const [control, agent] = [await bench().connect(), await bench().connect('agent')];
      const outcome = await outcomes(control);
      const steps: string[] = [];
      await agent.attach('h1', [
        obeys(Poke, async ({ payload: { n }, redelivered }) => {
          steps.push(`start ${n}`);
          if (n === 1 && !redelivered) throw new Error('once');
          await agent.publish(Happened, { id: 'h1', n }, context());
          steps.push(`end ${n}`);
        }),
      ]);
      for (const n of [1, 2]) await control.tell(Poke, 'h1', { n }, context());
      await inTime(bench(), () => expect(outcome).toEqual([2, 1]));
      await eventually(() => expect(steps).toEqual(['start 1', 'start 2', 'end 2', 'start 1', 'end 1']));
    });

    it('have an agent that obeys messages to a host and nothing else', async () => {
      const agent = await bench().connect('agent');
      await expect(agent.attach('h1', [reactsTo(Happened, async () => undefined)])).rejects.toThrow(/obeys/);
      await expect(agent.attach('*', [])).rejects.toThrow(/routing key/);
    });
  });
}

async function outcomes(control: Bus): Promise<number[]> {
  const seen: number[] = [];
  await control.serve('inventory', [reactsTo(Happened, async ({ payload }) => void seen.push(payload.n))]);
  return seen;
}
