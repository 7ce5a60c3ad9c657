import { expect, it } from 'vitest';
import { isoNow, systemClock } from './clock.ts';
import { virtualClock } from './virtual-clock.ts';

it("tells the clock's time in ISO 8601", () => {
  expect(isoNow(virtualClock(Date.UTC(2026, 1, 3, 4, 5, 6, 7)))).toBe('2026-02-03T04:05:06.007Z');
});

it('sleeps for the time given, and not when aborted', async () => {
  const clock = systemClock();
  const woken: number[] = [];
  await Promise.all([40, 1, 20].map((ms) => clock.sleep(ms).then(() => woken.push(ms))));
  expect(woken).toEqual([1, 20, 40]);
  await expect(clock.sleep(60_000, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
