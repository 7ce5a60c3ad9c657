import { describe, expect, it } from 'vitest';
import { virtualClock } from './virtual-clock.ts';

describe('virtualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = virtualClock(1000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(1000);
    await clock.advance(250);
    expect(clock.now()).toBe(1250);
  });

  it('wakes sleepers in the order of their time, each at its own time', async () => {
    const clock = virtualClock(0);
    const woken: string[] = [];
    for (const ms of [300, 100, 200, 100]) clock.sleep(ms).then(() => woken.push(`${ms} at ${clock.now()}`));
    await clock.advance(250);
    expect(woken).toEqual(['100 at 100', '100 at 100', '200 at 200']);
    expect(clock.sleepers()).toBe(1);
  });

  it('lets a sleeper that wakes sleep again within one advance', async () => {
    const clock = virtualClock(0);
    const beats: number[] = [];
    const beat = async (): Promise<void> => {
      await clock.sleep(10);
      beats.push(clock.now());
      if (beats.length < 5) await beat();
    };
    const done = beat();
    await clock.advance(50);
    await done;
    expect(beats).toEqual([10, 20, 30, 40, 50]);
  });

  it('throws when a sleeper sleeps for no time without end', async () => {
    const clock = virtualClock();
    const stop = new AbortController();
    const spinning = (async () => {
      for (;;) await clock.sleep(0, stop.signal);
    })();
    await expect(clock.advance(1)).rejects.toThrow('woke at one moment');
    stop.abort(new Error('enough'));
    await expect(spinning).rejects.toThrow('enough');
  });

  it('ends a sleep whose signal aborts, with its reason, and forgets the sleeper', async () => {
    const clock = virtualClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    expect(clock.sleepers()).toBe(0);
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough');
  });
});
