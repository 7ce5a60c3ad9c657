import { expect, it } from 'vitest';
import { ownersQuestions } from './read-model-questions.ts';

const reply = (listed: string[], next: string | null, known: string[] = listed) => ({
  listed: new Set(listed),
  next,
  known: () => known,
});

it('asks once for what is hinted at many times', () => {
  const questions = ownersQuestions(500);
  for (let n = 0; n < 20; n++) questions.hint('a');
  expect(questions.next()).toEqual({ kind: 'ids', ids: ['a'] });
  expect(questions.next()).toBeUndefined();
});

it('asks again for what is hinted at while it is asked for', () => {
  const questions = ownersQuestions(500);
  questions.hint('a');
  const asked = questions.next();
  questions.hint('a');
  if (asked) questions.answered(asked, reply(['a'], null));
  expect(questions.next()).toEqual({ kind: 'ids', ids: ['a'] });
});

it('asks again for what was not answered', () => {
  const questions = ownersQuestions(2);
  for (const id of ['a', 'b', 'c']) questions.hint(id);
  const asked = questions.next();
  expect(asked).toEqual({ kind: 'ids', ids: ['a', 'b'] });
  if (asked) questions.unanswered(asked);
  expect([questions.next(), questions.next()]).toEqual([
    { kind: 'ids', ids: ['c', 'a'] },
    { kind: 'ids', ids: ['b'] },
  ]);
});

it('lets hints and pages take turns', () => {
  const questions = ownersQuestions(1);
  questions.snapshotDue();
  for (const id of ['a', 'b', 'c']) questions.hint(id);
  const kinds = Array.from({ length: 5 }, () => {
    const question = questions.next();
    if (question) questions.answered(question, reply([], 'more'));
    return question?.kind;
  });
  expect(kinds).toEqual(['ids', 'page', 'ids', 'page', 'ids']);
});

it('asks for what a whole snapshot did not list, unless it was asked for meanwhile', () => {
  const questions = ownersQuestions(500);
  questions.snapshotDue();
  const first = questions.next();
  if (!first) throw new Error('nothing to ask');
  expect(questions.answered(first, reply(['a'], 'a'))).toBe(false);
  questions.hint('c');
  const hinted = questions.next();
  if (hinted) questions.answered(hinted, reply(['c'], null));
  const second = questions.next();
  if (!second) throw new Error('nothing to ask');
  expect(questions.answered(second, reply(['b'], null, ['a', 'b', 'c', 'd']))).toBe(true);
  expect(questions.next()).toEqual({ kind: 'ids', ids: ['d'] });
  expect(questions.next()).toBeUndefined();
});

it('begins another snapshot after the one that runs when one is due meanwhile', () => {
  const questions = ownersQuestions(500);
  questions.snapshotDue();
  const first = questions.next();
  questions.snapshotDue();
  if (!first) throw new Error('nothing to ask');
  expect(questions.answered(first, reply(['a'], null))).toBe(true);
  expect(questions.next()).toMatchObject({ kind: 'page', snapshot: { cursor: undefined } });
});
