import { expect, it } from 'vitest';
import { turnsUntil } from './turns-until.ts';

it('lets everything go on until the condition holds', async () => {
  let turns = 0;
  const beat = () => {
    if (++turns < 5) setImmediate(beat);
  };
  setImmediate(beat);
  await turnsUntil(() => turns === 5);
  expect(turns).toBe(5);
});

it('asks a condition that takes time, and goes on at once when it holds', async () => {
  const asked: boolean[] = [];
  await turnsUntil(async () => {
    asked.push(asked.length === 2);
    return asked.at(-1) === true;
  });
  expect(asked).toEqual([false, false, true]);
});

it('ends when the condition never holds', async () => {
  await expect(turnsUntil(() => false, { limitMs: 1 })).rejects.toThrow('did not come within 0.001 s');
});
