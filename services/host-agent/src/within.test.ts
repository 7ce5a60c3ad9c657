import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { within } from './within.ts';

it('answers what comes in time and lets its timer go', async () => {
  const clock = virtualClock();
  expect(await within(clock, 100, Promise.resolve(7))).toEqual({ inTime: true, value: 7 });
  expect(clock.sleepers()).toBe(0);
});

it('gives up at the deadline, not before', async () => {
  const clock = virtualClock();
  let outcome: unknown;
  void within(clock, 100, new Promise(() => {})).then((ended) => {
    outcome = ended;
  });
  await clock.advance(99);
  expect(outcome).toBeUndefined();
  await clock.advance(1);
  expect(outcome).toEqual({ inTime: false });
});

it('throws what fails in time', async () => {
  await expect(within(virtualClock(), 100, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
