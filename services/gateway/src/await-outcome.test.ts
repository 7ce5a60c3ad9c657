import { refusal } from '@vfleet/contracts/refusals';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { awaitOutcome, type Outcome } from './await-outcome.ts';
import { changeHints } from './change-hints.ts';

const resource = { id: 'c1' };
const OPEN = { kind: 'open', resource } as Outcome;
const DONE = { kind: 'done', resource } as Outcome;
type Read = (timeoutMs: number) => Promise<Outcome>;

function waiting({ seconds, read }: { seconds: number; read: Read }) {
  const clock = virtualClock();
  const hints = changeHints(clock);
  const listener = hints.listen();
  listener.only('h1');
  const stop = new AbortController();
  const reads: number[] = [];
  const failures: unknown[] = [];
  const started = clock.now();
  const end = awaitOutcome({
    read: (timeoutMs) => {
      reads.push(clock.now() - started);
      return read(timeoutMs);
    },
    hints: listener,
    clock,
    deadline: started + seconds * 1000,
    signal: stop.signal,
    onFailedRead: (problem) => void failures.push(problem),
  });
  return { clock, hints, stop, reads, failures, end };
}

describe('waiting for an outcome', () => {
  it('reads before it waits, and answers from that read', async () => {
    const { end, reads } = waiting({ seconds: 60, read: async () => DONE });
    expect(await end).toEqual(DONE);
    expect(reads).toEqual([0]);
  });

  it('reads again on a hint, without waiting for the second to end', async () => {
    let outcome: Outcome = OPEN;
    const { end, hints, clock, reads } = waiting({ seconds: 60, read: async () => outcome });
    await clock.advance(200);
    outcome = DONE;
    hints.changed('h1');
    expect(await end).toEqual(DONE);
    expect(reads).toEqual([0, 200]);
    expect(clock.sleepers()).toBe(0);
  });

  it('does not read on a hint about another host', async () => {
    const { end, hints, clock, reads } = waiting({ seconds: 1, read: async () => OPEN });
    await clock.advance(200);
    hints.changed('h2');
    await clock.advance(800);
    expect(await end).toMatchObject({ kind: 'open' });
    expect(reads).toEqual([0, 1000]);
  });

  it('reads once for many hints that come together', async () => {
    const { hints, clock, reads, stop, end } = waiting({ seconds: 60, read: async () => OPEN });
    await clock.advance(200);
    for (let hint = 0; hint < 100; hint++) hints.changed('h1');
    await clock.advance(799);
    expect(reads).toEqual([0, 200]);
    stop.abort();
    await end;
  });

  it('reads when the subscription was away', async () => {
    const { hints, clock, reads, stop, end } = waiting({ seconds: 60, read: async () => OPEN });
    await clock.advance(300);
    hints.anythingChanged();
    await clock.advance(0);
    expect(reads).toEqual([0, 300]);
    stop.abort();
    await end;
  });

  it('reads every second though no hint comes', async () => {
    let outcome: Outcome = OPEN;
    const { end, clock, reads } = waiting({ seconds: 60, read: async () => outcome });
    await clock.advance(2500);
    outcome = DONE;
    await clock.advance(500);
    expect(await end).toEqual(DONE);
    expect(reads).toEqual([0, 1000, 2000, 3000]);
  });

  it('misses no hint that comes while it reads', async () => {
    let release = () => {};
    const outcomes = [OPEN, DONE];
    const { end, hints, clock, reads } = waiting({
      seconds: 60,
      read: async () => {
        const outcome = outcomes.shift() ?? OPEN;
        if (outcome.kind === 'open') await new Promise<void>((resolve) => (release = resolve));
        return outcome;
      },
    });
    await clock.advance(100);
    hints.changed('h1');
    release();
    expect(await end).toEqual(DONE);
    expect(reads).toEqual([0, 100]);
  });

  it('ends open at its deadline, with what was read last', async () => {
    const { end, clock, reads } = waiting({ seconds: 2, read: async () => OPEN });
    await clock.advance(2000);
    expect(await end).toEqual({ kind: 'open', resource });
    expect(reads).toEqual([0, 1000, 2000]);
  });

  it('takes an outcome that is there at the deadline', async () => {
    let outcome: Outcome = OPEN;
    const { end, clock } = waiting({ seconds: 1, read: async () => outcome });
    await clock.advance(999);
    outcome = DONE;
    await clock.advance(1);
    expect(await end).toEqual(DONE);
  });

  it('ends when the caller is gone', async () => {
    const { end, clock, stop } = waiting({ seconds: 60, read: async () => OPEN });
    await clock.advance(100);
    stop.abort();
    expect(await end).toMatchObject({ kind: 'open' });
    expect(clock.sleepers()).toBe(0);
  });

  it('goes on when reads fail, and ends open when none succeeds', async () => {
    const { end, clock, failures } = waiting({ seconds: 2, read: () => Promise.reject(new Error('no answer')) });
    await clock.advance(2000);
    expect(await end).toEqual({ kind: 'open', resource: undefined });
    expect(failures).toHaveLength(3);
  });

  it('gives a read no longer than is left, but a second at the end', async () => {
    const patience: number[] = [];
    const { end, clock } = waiting({
      seconds: 7,
      read: async (timeoutMs) => {
        patience.push(timeoutMs);
        return OPEN;
      },
    });
    await clock.advance(7000);
    await end;
    expect(patience).toEqual([5000, 5000, 5000, 4000, 3000, 2000, 1000, 1000]);
  });

  it('tells what refuses it, without a further read', async () => {
    const refusals = [refusal('HOST_NOT_EXIST', 'alpha')];
    const { end } = waiting({ seconds: 60, read: async () => ({ kind: 'refused', refusals }) });
    expect(await end).toEqual({ kind: 'refused', refusals });
  });
});
