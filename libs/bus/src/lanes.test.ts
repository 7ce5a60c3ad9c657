import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lanes } from './lanes.ts';

it('never runs two tasks of a key at a time, keeps their order, and runs keys side by side', async () => {
  const tasks = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(3), fails: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(tasks, async (plan) => {
      const { run } = lanes();
      const running = new Set<string>();
      const seen: Record<string, number[]> = { a: [], b: [], c: [] };
      let side = 0;
      const ends = plan.map(({ key, turns, fails }, index) =>
        run(key, async () => {
          expect(running.has(key)).toBe(false);
          running.add(key);
          side = Math.max(side, running.size);
          seen[key]?.push(index);
          for (let i = 0; i <= turns; i++) await turn();
          running.delete(key);
          if (fails) throw new Error('a fault');
        }).catch(() => undefined),
      );
      await Promise.all(ends);
      for (const [key, order] of Object.entries(seen)) {
        expect(order).toEqual(plan.flatMap((task, index) => (task.key === key ? [index] : [])));
      }
      expect(side).toBe(new Set(plan.map(({ key }) => key)).size);
    }),
  );
});

it('runs tasks without a key side by side', async () => {
  const { run } = lanes();
  let running = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, ++running);
    await turn();
    running--;
  };
  await Promise.all([run(null, task), run(null, task)]);
  expect(most).toBe(2);
});
