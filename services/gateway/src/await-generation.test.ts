import type { GenerationOutcome } from '@vfleet/contracts/inventory';
import { refusal } from '@vfleet/contracts/refusals';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { awaitGeneration, type ReadOutcome } from './await-generation.ts';
import { changeHints } from './change-hints.ts';

const resource = { id: 'c1', generation: 4 } as VfsConfig;
const answered = (outcome: GenerationOutcome | null) => ({ ok: true, reply: { resource, outcome } }) as const;

function waiting({ seconds, read }: { seconds: number; read: ReadOutcome }) {
  const clock = virtualClock();
  const hints = changeHints(clock);
  const listener = hints.listen();
  listener.only('h1');
  const stop = new AbortController();
  const reads: number[] = [];
  const failures: unknown[] = [];
  const started = clock.now();
  const end = awaitGeneration({
    nic: 'enp5s0f0',
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

describe('waiting for a generation', () => {
  it('reads before it waits, and answers from that read', async () => {
    const { end, reads } = waiting({ seconds: 60, read: async () => answered({ state: 'applied' }) });
    expect(await end).toEqual({ kind: 'applied', resource });
    expect(reads).toEqual([0]);
  });

  it('reads again on a hint, without waiting for the second to end', async () => {
    let outcome: GenerationOutcome = { state: 'open' };
    const { end, hints, clock, reads } = waiting({ seconds: 60, read: async () => answered(outcome) });
    await clock.advance(200);
    outcome = { state: 'applied' };
    hints.changed('h1');
    expect(await end).toEqual({ kind: 'applied', resource });
    expect(reads).toEqual([0, 200]);
    expect(clock.sleepers()).toBe(0);
  });

  it('does not read on a hint about another host', async () => {
    const { end, hints, clock, reads } = waiting({ seconds: 1, read: async () => answered({ state: 'open' }) });
    await clock.advance(200);
    hints.changed('h2');
    await clock.advance(800);
    expect(await end).toMatchObject({ kind: 'open' });
    expect(reads).toEqual([0, 1000]);
  });

  it('reads once for many hints that come together', async () => {
    const { hints, clock, reads, stop, end } = waiting({ seconds: 60, read: async () => answered({ state: 'open' }) });
    await clock.advance(200);
    for (let hint = 0; hint < 100; hint++) hints.changed('h1');
    await clock.advance(799);
    expect(reads).toEqual([0, 200]);
    stop.abort();
    await end;
  });

  it('reads when the subscription was away', async () => {
    const { hints, clock, reads, stop, end } = waiting({ seconds: 60, read: async () => answered({ state: 'open' }) });
    await clock.advance(300);
    hints.anythingChanged();
    await clock.advance(0);
    expect(reads).toEqual([0, 300]);
    stop.abort();
    await end;
  });

  it('reads every second though no hint comes', async () => {
    let outcome: GenerationOutcome | null = null;
    const { end, clock, reads } = waiting({ seconds: 60, read: async () => answered(outcome) });
    await clock.advance(2500);
    outcome = { state: 'applied' };
    await clock.advance(500);
    expect(await end).toMatchObject({ kind: 'applied' });
    expect(reads).toEqual([0, 1000, 2000, 3000]);
  });

  it('misses no hint that comes while it reads', async () => {
    let release = () => {};
    const outcomes: GenerationOutcome[] = [{ state: 'open' }, { state: 'applied' }];
    const { end, hints, clock, reads } = waiting({
      seconds: 60,
      read: async () => {
        const outcome = outcomes.shift() ?? { state: 'open' };
        if (outcome.state === 'open') await new Promise<void>((resolve) => (release = resolve));
        return answered(outcome);
      },
    });
    await clock.advance(100);
    hints.changed('h1');
    release();
    expect(await end).toMatchObject({ kind: 'applied' });
    expect(reads).toEqual([0, 100]);
  });

  it('ends open at its deadline, with what was read last', async () => {
    const { end, clock, reads } = waiting({ seconds: 2, read: async () => answered({ state: 'open' }) });
    await clock.advance(2000);
    expect(await end).toEqual({ kind: 'open', resource });
    expect(reads).toEqual([0, 1000, 2000]);
  });

  it('takes an outcome that is there at the deadline', async () => {
    let outcome: GenerationOutcome = { state: 'open' };
    const { end, clock } = waiting({ seconds: 1, read: async () => answered(outcome) });
    await clock.advance(999);
    outcome = { state: 'applied' };
    await clock.advance(1);
    expect(await end).toMatchObject({ kind: 'applied' });
  });

  it('ends when the caller is gone', async () => {
    const { end, clock, stop } = waiting({ seconds: 60, read: async () => answered({ state: 'open' }) });
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
        return answered({ state: 'open' });
      },
    });
    await clock.advance(7000);
    await end;
    expect(patience).toEqual([5000, 5000, 5000, 4000, 3000, 2000, 1000, 1000]);
  });

  it.each([
    [{ state: 'superseded', by: 5 }, 'SUPERSEDED'],
    [{ state: 'refused', cause: 'in use', remedy: 'Free it.' }, 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED'],
    [{ state: 'failed', code: 'EIO', cause: 'broken', remedy: 'Look.', existing: 0 }, 'UPDATE_NUM_VFS_FAILURE'],
  ] as const)('tells %j as %s', async (outcome, code) => {
    const { end } = waiting({ seconds: 60, read: async () => answered(outcome) });
    expect(await end).toMatchObject({ kind: 'refused', refusals: [{ code }] });
  });

  it('tells when the resource is gone', async () => {
    const refusals = [refusal('HOST_NOT_EXIST', 'alpha')];
    const { end } = waiting({ seconds: 60, read: async () => ({ ok: false, refusals }) });
    expect(await end).toEqual({ kind: 'refused', refusals });
  });
});
