import type { AuditEntry } from '@vfleet/contracts/vocabulary/audit';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AuditTrail, makeAuditTrail } from './audit-trail.ts';

let clock: ReturnType<typeof virtualClock>;
let stop: AbortController;
let stored: Map<string, AuditEntry['outcome']>;
let batches: string[][];
let works: boolean;
let release: (() => void)[] | undefined;
let trail: AuditTrail;

beforeEach(() => {
  clock = virtualClock();
  stop = new AbortController();
  stored = new Map();
  batches = [];
  works = true;
  release = undefined;
  let open: string[] | undefined;
  const write = async ({ id, outcome }: AuditEntry) => {
    if (release) await new Promise<void>((resolve) => release?.push(resolve));
    if (!works) throw new Error('the store is away');
    stored.set(id, outcome);
  };
  const complete = (entry: AuditEntry) => {
    if (!open) {
      open = [];
      batches.push(open);
      queueMicrotask(() => {
        open = undefined;
      });
    }
    open.push(`${entry.id} ${entry.outcome}`);
    return write(entry);
  };
  trail = makeAuditTrail({ auditLog: { add: write, complete }, clock, log: silentLog, signal: stop.signal });
});

const entry = (id: string, outcome: AuditEntry['outcome'] = 'unknown') => ({ id, outcome }) as AuditEntry;

describe('the trail of a process', () => {
  it('is durable when it has begun, and tells the end after', async () => {
    await trail.begin(entry('a'));
    expect(stored.get('a')).toBe('unknown');
    trail.complete(entry('a', 'done'));
    await trail.settled();
    expect(stored.get('a')).toBe('done');
  });

  it('writes together what ends while others are written', async () => {
    release = [];
    trail.complete(entry('a', 'done'));
    for (const id of ['b', 'c', 'd']) trail.complete(entry(id, 'refused'));
    const settled = trail.settled();
    const waiting = release;
    release = undefined;
    for (const each of waiting) each();
    await settled;
    expect(batches).toEqual([['a done'], ['b refused', 'c refused', 'd refused']]);
    expect([...stored.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });

  it('writes what comes right after a batch was written', async () => {
    for (const id of ['a', 'b', 'c']) {
      trail.complete(entry(id, 'done'));
      await trail.closed();
    }
    expect([...stored.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('is broken while it cannot begin, and owes what it could not write', async () => {
    works = false;
    await trail.begin(entry('a'));
    expect(trail.broken()).toBe(true);
    trail.complete(entry('a', 'done'));
    await clock.advance(3000);
    expect(stored.size).toBe(0);
    works = true;
    await clock.advance(1000);
    expect(trail.broken()).toBe(false);
    expect(stored).toEqual(new Map([['a', 'done']]));
    await trail.closed();
    expect(clock.sleepers()).toBe(0);
  });

  it('never puts an older word over a newer one', async () => {
    works = false;
    release = [];
    trail.complete(entry('a', 'unknown'));
    trail.complete(entry('a', 'done'));
    const waiting = release;
    release = undefined;
    for (const each of waiting) each();
    await clock.advance(0);
    works = true;
    await clock.advance(1000);
    expect(stored.get('a')).toBe('done');
  });

  it('is read without waiting for a store that is away', async () => {
    works = false;
    trail.complete(entry('a', 'done'));
    await trail.settled();
    expect(stored.size).toBe(0);
    stop.abort();
    await trail.closed();
  });

  it('tries a last time when it closes, and leaves no timer', async () => {
    works = false;
    trail.complete(entry('a', 'done'));
    await trail.settled();
    works = true;
    stop.abort();
    await trail.closed();
    expect(stored.get('a')).toBe('done');
    expect(clock.sleepers()).toBe(0);
  });
});
