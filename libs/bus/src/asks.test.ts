import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { asks } from './asks.ts';
import { AskTimeout } from './bus.ts';
import { Double } from './conformance/contracts.ts';

const answer = '{"ok":true,"reply":{"n":4}}';

describe('a question', () => {
  it('ends with its answer, and leaves no timer behind', async () => {
    const clock = virtualClock();
    const pending = asks(clock);
    const { token, verdict, over } = pending.open(Double, 'm1', { timeoutMs: 100 });
    expect(over.aborted).toBe(false);
    pending.answer(token, answer);
    expect(await verdict).toEqual({ ok: true, reply: { n: 4 } });
    expect(over.aborted).toBe(true);
    expect(clock.sleepers()).toBe(0);
    pending.answer(token, answer);
  });

  it('ends at its deadline and not before', async () => {
    const clock = virtualClock();
    const { verdict, over } = asks(clock).open(Double, 'm1', { timeoutMs: 100 });
    const outcome = expect(verdict).rejects.toMatchObject({ name: 'AskTimeout', messageId: 'm1' });
    await clock.advance(99);
    expect(over.aborted).toBe(false);
    await clock.advance(1);
    await outcome;
  });

  it('ends when its asker goes away, and lets go of the asker', async () => {
    const pending = asks(virtualClock());
    const asker = new AbortController();
    const { verdict, token } = pending.open(Double, 'm1', { timeoutMs: 100, signal: asker.signal });
    const answered = pending.open(Double, 'm2', { timeoutMs: 100, signal: asker.signal });
    pending.answer(answered.token, answer);
    asker.abort();
    await expect(verdict).rejects.toBeInstanceOf(AskTimeout);
    expect(await answered.verdict).toEqual({ ok: true, reply: { n: 4 } });
    pending.answer(token, answer);
  });

  it('ends with an error when its answer cannot be read', async () => {
    const pending = asks(virtualClock());
    const { token, verdict } = pending.open(Double, 'm1', { timeoutMs: 100 });
    pending.answer(token, '{"ok":true}');
    await expect(verdict).rejects.toThrow(/the answer cannot be read/);
  });

  it('ends with all others when the bus closes', async () => {
    const pending = asks(virtualClock());
    const open = [1, 2].map((n) => pending.open(Double, `m${n}`, { timeoutMs: 100 }).verdict);
    pending.failAll(new Error('closed'));
    for (const verdict of open) await expect(verdict).rejects.toThrow('closed');
  });
});
