import type { Verdict } from '@vfleet/contracts/define';
import { silentLog } from '@vfleet/process/log';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { put, putOfThing, THINGS, type Thing, thing } from './conformance/thing.ts';
import { ATTEMPTS, pauseBefore } from './contention.ts';
import { type Decide, decideAndPut } from './decide-and-put.ts';
import { deciding } from './deciding.ts';
import type { Documents } from './documents.ts';
import { commandOf } from './killing/world.ts';
import { openTemporary } from './sqlite-temporary.ts';

const attempts = Array.from({ length: ATTEMPTS }, (_, index) => index + 1);
const messages = Array.from({ length: 200 }, (_, index) => `message-${index}`);

describe('the pause before an attempt', () => {
  it('is none for the first five', () => {
    expect(attempts.slice(0, 5).map((attempt) => pauseBefore(attempt, 'm'))).toEqual([0, 0, 0, 0, 0]);
  });

  it('grows and stays bounded', () => {
    const longest = (attempt: number) => Math.max(...messages.map((id) => pauseBefore(attempt, id)));
    expect(longest(6)).toBeLessThanOrEqual(10);
    expect(longest(8)).toBeGreaterThan(longest(6));
    for (const attempt of attempts) expect(longest(attempt)).toBeLessThanOrEqual(250);
  });

  it('is another for each message, and the same again for the same', () => {
    const pauses = messages.map((id) => pauseBefore(ATTEMPTS, id));
    expect(new Set(pauses).size).toBeGreaterThan(100);
    expect(messages.map((id) => pauseBefore(ATTEMPTS, id))).toEqual(pauses);
  });

  it('keeps a command waiting for 3 s at most', () => {
    const waited = messages.map((id) => attempts.reduce((sum, attempt) => sum + pauseBefore(attempt, id), 0));
    expect(Math.max(...waited)).toBeLessThan(3000);
  });
});

describe('a command that loses its races', () => {
  /** Runs it while the clock goes on; before each of its first `losses` puts somebody else puts the document. */
  async function runAgainst(losses: number): Promise<{ verdict: Verdict<object>; decided: number; waitedMs: number }> {
    const { store, destroy } = await openTemporary();
    const things = await store.open(THINGS);
    await put(things, 't');
    const clock = virtualClock();
    const began = clock.now();
    let decided = 0;
    const raced: Documents<Thing> = {
      ...things,
      get: async (id) => {
        const read = await things.get(id);
        if (decided < losses) await things.put(putOfThing(id, read?.version ?? 0, thing({ name: id })));
        return read;
      },
    };
    const decide: Decide<Thing, object, object> = (stored) => {
      decided++;
      return { ok: true, body: stored?.body ?? thing({ name: 't' }), reply: {}, facts: [] };
    };
    const target = deciding(raced, { publish: async () => {}, clock, newId: () => 'id', log: silentLog });
    let verdict: Verdict<object> | undefined;
    void decideAndPut(target, 't', commandOf('k1', {}), decide).then((told) => {
      verdict = told;
    });
    while (!verdict) await clock.advance(10);
    await destroy();
    return { verdict, decided, waitedMs: clock.now() - began };
  }

  it('wins a later one, without a pause when few were lost', async () => {
    expect(await runAgainst(4)).toMatchObject({ verdict: { ok: true }, decided: 5 });
    const late = await runAgainst(ATTEMPTS - 1);
    expect(late).toMatchObject({ verdict: { ok: true }, decided: ATTEMPTS });
    expect(late.waitedMs).toBeGreaterThan(500);
  });

  it(`says so after ${ATTEMPTS}`, async () => {
    const { verdict, decided } = await runAgainst(ATTEMPTS);
    expect(verdict).toMatchObject({ ok: false, refusals: [{ code: 'TOO_MUCH_CONTENTION' }] });
    expect(decided).toBe(ATTEMPTS);
  });
});
