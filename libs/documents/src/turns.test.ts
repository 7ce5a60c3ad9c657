import { describe, expect, it } from 'vitest';
import { makeTurns } from './turns.ts';

/** Work that notes its start, and ends when it is told to. */
function noted(started: string[]) {
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    started.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  return { work, end: (name: string) => ends.get(name)?.() };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('turns', () => {
  it('are taken one behind the other for one thing, in the order of asking, and beside others', async () => {
    const started: string[] = [];
    const { work, end } = noted(started);
    const inTurn = makeTurns();
    const turns = [
      inTurn(['a'], work('1')),
      inTurn(['a', 'b'], work('2')),
      inTurn(['c'], work('3')),
      inTurn(['b'], work('4')),
    ];
    await settle();
    expect(started).toEqual(['1', '3']);
    end('1');
    await settle();
    expect(started).toEqual(['1', '3', '2']);
    end('2');
    await settle();
    expect(started).toEqual(['1', '3', '2', '4']);
    end('3');
    end('4');
    expect(await Promise.all(turns)).toEqual(['1', '2', '3', '4']);
  });

  it('never wait in a circle, whatever order things are named in, twice included', async () => {
    const inTurn = makeTurns();
    const orders = [['a', 'b'], ['b', 'a'], ['b', 'a', 'b'], []];
    const turns = Array.from({ length: 40 }, (_, index) => inTurn(orders[index % 4] ?? [], async () => index));
    expect(await Promise.all(turns)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it('go on after one that failed, which only its own caller sees', async () => {
    const inTurn = makeTurns();
    const failed = inTurn(['a'], async () => {
      throw new Error('broken');
    });
    const next = inTurn(['a'], async () => 'done');
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });
});
