import { expect, it } from 'vitest';
import { inTurns } from './in-turns.ts';

it('maps in order', async () => {
  expect(await inTurns([3, 1, 2], 2, (n) => n * 10)).toEqual([30, 10, 20]);
  expect(await inTurns([], 2, (n) => n)).toEqual([]);
});

it('F60: lets everything else of the event loop run after every so many items', async () => {
  const seen: string[] = [];
  let over = false;
  const others = () => {
    if (over) return;
    seen.push('turn');
    setImmediate(others);
  };
  setImmediate(others);
  await inTurns([1, 2, 3, 4, 5], 2, (item) => seen.push(`item ${item}`));
  over = true;
  expect(seen).toEqual(['item 1', 'item 2', 'turn', 'item 3', 'item 4', 'turn', 'item 5']);
});

it('throws what an item throws, and does no more', async () => {
  const seen: number[] = [];
  const fails = inTurns([1, 2, 3], 1, (item) => {
    seen.push(item);
    if (item === 2) throw new Error('no such item');
  });
  await expect(fails).rejects.toThrow('no such item');
  expect(seen).toEqual([1, 2]);
});
