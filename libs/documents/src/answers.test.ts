import { describe, expect, it } from 'vitest';
import { answered, KEPT_ANSWERS, KEPT_FOR_MS, keptAnswers, MOST_KEPT } from './answers.ts';
import type { StoredAnswer } from './documents.ts';

const NOW = Date.UTC(2026, 0, 1);
const at = (agoMs: number) => new Date(NOW - agoMs).toISOString();
const answer = (commandId: string, agoMs = 0): StoredAnswer => ({
  commandId,
  request: `request of ${commandId}`,
  at: at(agoMs),
  verdict: { ok: true, reply: `reply of ${commandId}` },
});

describe('a stored answer', () => {
  const stored = [answer('a'), answer('b')];

  it('is given again to the same command', () => {
    expect(answered(stored, { id: 'b', request: 'request of b' })).toEqual({ ok: true, reply: 'reply of b' });
  });

  it('is refused to another request of the same id', () => {
    const verdict = answered(stored, { id: 'b', request: 'another' });
    expect(verdict).toMatchObject({ ok: false, refusals: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  it('is absent for a command that was not carried out', () => {
    expect(answered(stored, { id: 'c', request: 'request of c' })).toBeUndefined();
  });
});

describe('kept answers', () => {
  it(`are the last ${KEPT_ANSWERS}, however old`, () => {
    const old = Array.from({ length: 40 }, (_, index) => answer(`c${index}`, KEPT_FOR_MS * 2));
    const kept = keptAnswers(old, [answer('new')], { now: NOW, of: 'document' });
    expect(kept).toHaveLength(KEPT_ANSWERS);
    expect(kept.at(-1)?.commandId).toBe('new');
    expect(kept[0]?.commandId).toBe('c9');
  });

  it('are all younger than ten minutes, however many', () => {
    const young = Array.from({ length: 100 }, (_, index) => answer(`c${index}`, KEPT_FOR_MS - 1));
    expect(keptAnswers(young, [], { now: NOW, of: 'document' })).toHaveLength(100);
  });

  it('do not grow when nothing is added', () => {
    const old = Array.from({ length: 33 }, (_, index) => answer(`c${index}`, KEPT_FOR_MS));
    expect(keptAnswers(old, [], { now: NOW, of: 'document' })).toHaveLength(KEPT_ANSWERS);
  });

  it('are the newest that a document can carry, however young', () => {
    const long = (commandId: string): StoredAnswer => ({
      ...answer(commandId),
      verdict: { ok: true, reply: 'x'.repeat(MOST_KEPT / 4) },
    });
    const kept = keptAnswers(['a', 'b', 'c', 'd'].map(long), [long('new')], { now: NOW, of: 'document' });
    expect(kept.map(({ commandId }) => commandId)).toEqual(['c', 'd', 'new']);
  });

  it('are the newest at least, however long', () => {
    const long: StoredAnswer = { ...answer('new'), verdict: { ok: true, reply: 'x'.repeat(MOST_KEPT) } };
    expect(keptAnswers([answer('a')], [long], { now: NOW, of: 'document' })).toEqual([long]);
  });

  it('are the young ones alone in a tombstone', () => {
    const answers = [answer('old', KEPT_FOR_MS), answer('young', KEPT_FOR_MS - 1)];
    const kept = keptAnswers(answers, [answer('removal')], { now: NOW, of: 'tombstone' });
    expect(kept.map(({ commandId }) => commandId)).toEqual(['young', 'removal']);
  });
});
