import { virtualClock } from '@vfleet/process/virtual-clock';
import { expect, it } from 'vitest';
import { paceOf } from './pace.ts';

it('is silent at first, then lets one through in each span', async () => {
  const clock = virtualClock();
  const isTime = paceOf(clock, 1000);
  const told: boolean[] = [];
  for (const ms of [0, 999, 1, 0, 500, 500]) {
    await clock.advance(ms);
    told.push(isTime());
  }
  expect(told).toEqual([false, false, true, false, false, true]);
});
