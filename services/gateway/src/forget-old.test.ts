import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { forgetOld } from './forget-old.ts';

it('keeps what is logged to its retention every ten minutes, also after a failure, until it is stopped', async () => {
  const clock = virtualClock(1_000_000);
  const stop = new AbortController();
  const forgotten: number[] = [];
  const forget = async (before: number) => {
    forgotten.push(before);
    if (forgotten.length === 1) throw new Error('the store is away');
  };
  const kept = { what: 'events', forget, retentionMs: 1000 };
  const forgetting = forgetOld({ ...kept, clock, log: silentLog, signal: stop.signal });
  await clock.advance(1_200_000);
  stop.abort();
  await forgetting;
  expect(forgotten).toEqual([999_000, 1_599_000, 2_199_000]);
  expect(clock.sleepers()).toBe(0);
});
