import { describe, expect, it } from 'vitest';
import { fairTurns } from './fair-turns.ts';

describe('fair turns', () => {
  it('go around the lines, one of each at a time', async () => {
    const { take, started, finish } = turnsUnderTest({ atOnce: 2, mostWaiting: 10 });
    for (const work of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) take(work);
    expect(started).toEqual(['a1', 'b1']);
    await finish('a1');
    expect(started.slice(2)).toEqual(['c1']);
    await finish('c1');
    expect(started.slice(3)).toEqual(['a2']);
    await finish('b1');
    expect(started.slice(4)).toEqual(['b2']);
    await finish('b2');
    expect(started).toHaveLength(5);
    await finish('a2');
    expect(started.slice(5)).toEqual(['a3']);
  });

  it('are refused to a line that is full, and to no other', async () => {
    const { take, started, finish } = turnsUnderTest({ atOnce: 1, mostWaiting: 2 });
    const refused = ['a1', 'a2', 'a3', 'a4', 'b1'].filter((work) => take(work) === undefined);
    expect(refused).toEqual(['a4']);
    await finish('a1');
    await finish('b1');
    expect(take('a5')).toBeDefined();
    for (const work of ['a2', 'a3', 'a5']) await finish(work);
    expect(started).toEqual(['a1', 'b1', 'a2', 'a3', 'a5']);
  });

  it('tell what the work told, and go on after work that failed', async () => {
    const turns = fairTurns({ atOnce: 1, mostWaiting: 1 });
    const failed = turns('a', () => Promise.reject(new Error('the store is away')));
    const next = turns('a', async () => 'done');
    await expect(failed).rejects.toThrow('the store is away');
    expect(await next).toBe('done');
  });
});

/** Work is named after its line and its number, and ends when it is told to. */
function turnsUnderTest(limits: Parameters<typeof fairTurns>[0]) {
  const turns = fairTurns(limits);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    take: (work: string) =>
      turns(work.charAt(0), () => {
        started.push(work);
        return new Promise<void>((end) => ends.set(work, end));
      }),
    finish: async (work: string) => {
      ends.get(work)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
