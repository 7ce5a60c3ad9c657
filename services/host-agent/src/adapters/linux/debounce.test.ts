import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { debounce } from './debounce.ts';

function started() {
  const clock = virtualClock();
  const start = clock.now();
  const calls: number[] = [];
  const changes = debounce(() => calls.push(clock.now() - start), { quietMs: 500, atMostMs: 2_000, clock });
  return { clock, calls, changes };
}

describe('debounce', () => {
  it('calls once, when it has been quiet', async () => {
    const { clock, calls, changes } = started();
    changes.signal();
    await clock.advance(300);
    changes.signal();
    await clock.advance(499);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual([800]);
    await clock.advance(10_000);
    expect(calls).toEqual([800]);
  });

  it('calls during an endless row of signals', async () => {
    const { clock, calls, changes } = started();
    for (let at = 0; at < 4_500; at += 100) {
      changes.signal();
      await clock.advance(100);
    }
    expect(calls).toEqual([2_000, 4_000]);
  });

  it('calls again for later signals', async () => {
    const { clock, calls, changes } = started();
    changes.signal();
    await clock.advance(5_000);
    changes.signal();
    await clock.advance(5_000);
    expect(calls).toEqual([500, 5_500]);
  });

  it('is silent after a stop', async () => {
    const { clock, calls, changes } = started();
    changes.signal();
    changes.stop();
    changes.signal();
    await clock.advance(5_000);
    expect(calls).toEqual([]);
    expect(clock.sleepers()).toBe(0);
  });
});
