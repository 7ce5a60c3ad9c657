import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { forgetOldEvents } from './forget-old-events.ts';

it('keeps the log to its retention every ten minutes, also after a failure, until it is stopped', async () => {
  const clock = virtualClock(1_000_000);
  const stop = new AbortController();
  const forgotten: number[] = [];
  const events = {
    forget: async (before: number) => {
      forgotten.push(before);
      if (forgotten.length === 1) throw new Error('the store is away');
    },
  };
  const forgetting = forgetOldEvents({ events, clock, log: silentLog, retentionMs: 1000, signal: stop.signal });
  await clock.advance(1_200_000);
  stop.abort();
  await forgetting;
  expect(forgotten).toEqual([999_000, 1_599_000, 2_199_000]);
  expect(clock.sleepers()).toBe(0);
});
