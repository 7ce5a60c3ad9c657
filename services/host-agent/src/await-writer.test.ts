import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { writerEnds } from './await-writer.ts';
import { passing } from './testing/passing.ts';

const PF = '0000:05:00.0';

function writerFor(ms: number) {
  const clock = virtualClock();
  const end = clock.now() + ms;
  return { clock, host: { writerAlive: async () => clock.now() < end } };
}

it.each([
  { name: 'nobody writes', ms: 0, ended: true },
  { name: 'it ends in time', ms: 900, ended: true },
  { name: 'it does not end in time', ms: 1_500, ended: false },
])('$name: $ended', async ({ ms, ended }) => {
  const { clock, host } = writerFor(ms);
  expect(await passing(clock, writerEnds({ host, clock }, PF, { limitMs: 1_000, pollMs: 100 }))).toBe(ended);
});

it('gives up when it is stopped', async () => {
  const { clock, host } = writerFor(60_000);
  const began = clock.now();
  const isStopped = () => clock.now() - began >= 500;
  const waiting = writerEnds({ host, clock }, PF, { limitMs: Number.POSITIVE_INFINITY, pollMs: 100, isStopped });
  expect(await passing(clock, waiting)).toBe(false);
  expect(clock.now() - began).toBeLessThan(1_000);
});
