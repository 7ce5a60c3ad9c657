import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, describe, expect, it } from 'vitest';
import { HostAgentSettings } from './settings.ts';
import { watchHost } from './watch-host.ts';

const settings = HostAgentSettings.parse({ watchMs: 5_000, scanMs: 60_000 });

const closes: (() => void)[] = [];

afterEach(() => {
  for (const close of closes.splice(0)) close();
});

/** A host whose events a test tells, and the times in seconds at which its state was to be reported. */
function watched() {
  const clock = virtualClock();
  const start = clock.now();
  const at: number[] = [];
  let onChange = () => {};
  let isWatched = true;
  const host = {
    watch: (listener: () => void) => {
      onChange = listener;
      return () => {
        isWatched = false;
      };
    },
  };
  const reporter = { report: () => void at.push((clock.now() - start) / 1000) };
  const watching = watchHost({ host, reporter, clock, log: silentLog, settings });
  closes.push(watching.close);
  return { clock, at, event: () => onChange(), watching, isWatched: () => isWatched };
}

describe('what is heard of a host', () => {
  it('is reported at once after a quiet time', async () => {
    const { clock, at, event } = watched();
    await clock.advance(7_000);
    event();
    await clock.advance(0);
    expect(at).toEqual([7]);
  });

  it('is reported once every so often while it goes on, the last event included', async () => {
    const { clock, at, event } = watched();
    for (let ms = 0; ms < 12_000; ms += 100) {
      event();
      await clock.advance(100);
    }
    await clock.advance(30_000);
    expect(at).toEqual([0, 5, 10, 15]);
  });

  it('is a thousand events at once: one report', async () => {
    const { clock, at, event } = watched();
    for (let number = 0; number < 1_000; number++) event();
    await clock.advance(4_000);
    expect(at).toEqual([0]);
  });
});

describe('what is not heard of', () => {
  it('is found by the slow scan: events that were lost, a VF that somebody has opened', async () => {
    const { clock, at } = watched();
    await clock.advance(180_000);
    expect(at).toEqual([60, 120, 180]);
  });

  it('is not looked for any more once it is closed', async () => {
    const { clock, at, watching, isWatched } = watched();
    watching.close();
    await clock.advance(180_000);
    expect(at).toEqual([]);
    expect(isWatched()).toBe(false);
  });
});
