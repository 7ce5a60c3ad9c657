import { expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

it('maps in order, with a bounded number under way', async () => {
  let underWay = 0;
  let most = 0;
  const doubled = await inParallel(
    Array.from({ length: 500 }, (_, n) => n),
    async (n) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      return n * 2;
    },
  );
  expect(doubled).toEqual(Array.from({ length: 500 }, (_, n) => n * 2));
  expect(most).toBe(16);
});

it('rejects with the first rejection', async () => {
  const failing = inParallel([1, 2, 3], async (n) => {
    if (n === 2) throw new Error('two');
  });
  await expect(failing).rejects.toThrow('two');
});
