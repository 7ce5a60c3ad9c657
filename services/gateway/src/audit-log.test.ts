import type { AuditEntry } from '@vfleet/contracts/vocabulary/audit';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditLog, type AuditQuestion, auditLog, makeAuditLog } from './audit-log.ts';
import { auditIdOf } from './core/audit-order.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');
let temporary: Awaited<ReturnType<typeof openTemporary>>;
let log: AuditLog;
beforeEach(async () => {
  temporary = await openTemporary();
  log = makeAuditLog({ documents: await temporary.store.open(auditLog), clock: virtualClock(START) });
});
afterEach(() => temporary.destroy());

/** The entry of what was done `second` seconds after the start. */
function entry(second: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  const at = START + second * 1000;
  return {
    id: auditIdOf(at, `m${second}`),
    at: new Date(at).toISOString(),
    actor: { kind: 'user', name: 'ann' },
    action: 'startVm',
    target: '/api/vms/vm-1/start',
    outcome: 'unknown',
    status: null,
    codes: [],
    detail: null,
    correlation_id: `r${second}`,
    ...fields,
  };
}
const asked = (question: Partial<AuditQuestion> = {}) =>
  log.page({ limit: 100, after: undefined, actor: undefined, target: undefined, since: undefined, ...question });
const seconds = (entries: readonly AuditEntry[]) =>
  entries.map(({ correlation_id }) => Number(correlation_id.slice(1)));

/** The seconds of all pages of a question, and how many there were. */
async function allOf(question: Partial<AuditQuestion>) {
  const found: number[] = [];
  let after: string | undefined;
  for (let pages = 1; ; pages++) {
    const { items, next } = await asked({ ...question, after });
    found.push(...seconds(items));
    if (next === null) return { found, pages };
    after = next;
  }
}

describe('the audit log', () => {
  it('tells the newest first, page by page', async () => {
    for (const second of [2, 0, 3, 1]) await log.add(entry(second));
    expect(await allOf({})).toEqual({ found: [3, 2, 1, 0], pages: 1 });
    expect(await allOf({ limit: 3 })).toEqual({ found: [3, 2, 1, 0], pages: 2 });
    expect(await allOf({ limit: 2 })).toEqual({ found: [3, 2, 1, 0], pages: 2 });
    expect(await allOf({ limit: 1 })).toEqual({ found: [3, 2, 1, 0], pages: 4 });
  });

  it('logs one thing once, as it was told first', async () => {
    await log.add(entry(0));
    await log.add(entry(0, { outcome: 'done' }));
    expect((await asked()).items).toEqual([entry(0)]);
  });

  it('logs how it came out, whether its beginning is there, was written twice, or is not', async () => {
    const done = { outcome: 'done', status: 200 } as const;
    await log.add(entry(0));
    await log.add(entry(1));
    await log.complete(entry(1));
    for (const second of [0, 1, 2]) await log.complete(entry(second, done));
    expect((await asked()).items).toEqual([entry(2, done), entry(1, done), entry(0, done)]);
  });

  it('is searched by who did it, by what it was done to and below, and by when', async () => {
    await log.add(entry(0, { target: '/api/vms' }));
    await log.add(entry(1, { actor: { kind: 'service', name: 'scheduler' }, target: '/api/vms/vm-1' }));
    await log.add(entry(2));
    await log.add(entry(3, { target: '/api/vms/vm-10/stop' }));
    expect((await allOf({ actor: 'ann' })).found).toEqual([3, 2, 0]);
    expect((await allOf({ target: '/api/vms/vm-1' })).found).toEqual([2, 1]);
    expect((await allOf({ target: '/api/vms/' })).found).toEqual([3, 2, 1, 0]);
    expect((await allOf({ target: '/api' })).found).toEqual([3, 2, 1, 0]);
    expect((await allOf({ actor: 'ann', target: '/api/vms/vm-1' })).found).toEqual([2]);
    expect((await allOf({ since: START + 2000 })).found).toEqual([3, 2]);
    expect((await allOf({ since: START + 2000, actor: 'ann', limit: 1 })).found).toEqual([3, 2]);
    expect((await allOf({ actor: 'nobody' })).found).toEqual([]);
  });

  it('finds the few among many that fit two ways, however they lie', async () => {
    const rare = [3, 700, 1301];
    await Promise.all(
      Array.from({ length: 1400 }, (_, second) =>
        log.add(entry(second, { actor: { kind: 'user', name: rare.includes(second) ? 'bob' : 'ann' } })),
      ),
    );
    const question = { actor: 'bob', target: '/api/vms/vm-1' };
    expect((await allOf(question)).found).toEqual([1301, 700, 3]);
    expect((await allOf({ ...question, limit: 1 })).found).toEqual([1301, 700, 3]);
  });

  it('forgets what is older than told, and nothing else', async () => {
    await Promise.all(Array.from({ length: 600 }, (_, second) => log.add(entry(second))));
    await log.forget(START + 598_000);
    expect((await allOf({})).found).toEqual([599, 598]);
    await log.forget(START);
    expect((await allOf({})).found).toEqual([599, 598]);
  });
});
