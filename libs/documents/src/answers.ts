import type { Verdict } from '@vfleet/contracts/define';
import { refusal } from '@vfleet/contracts/refusals';
import type { StoredAnswer } from './documents.ts';

/** A document keeps at least this many answers, */
export const KEPT_ANSWERS = 32;
/** and every answer younger than this, in milliseconds: ten minutes. */
export const KEPT_FOR_MS = 600_000;
/** But never more than this, in characters of JSON: a document of MongoDB is 16 MB, in which one may be three bytes. */
export const MOST_KEPT = 3_000_000;

/**
 * The answer that was given to a command before: its own when the request is the same, IDEMPOTENCY_KEY_REUSED when
 * it is another, undefined when the command was not carried out.
 */
export function answered(
  answers: readonly StoredAnswer[],
  command: { id: string; request: string },
): Verdict<unknown> | undefined {
  const known = answers.find(({ commandId }) => commandId === command.id);
  if (!known) return undefined;
  if (known.request === command.request) return known.verdict;
  const detail = `The command ${command.id} was carried out at ${known.at} with another request.`;
  return { ok: false, refusals: [refusal('IDEMPOTENCY_KEY_REUSED', detail)] };
}

/**
 * The answers to keep at `now` (milliseconds since the epoch) when `added` joins them; oldest first. What is removed
 * keeps the young ones alone: nothing is added to its tombstone any more, and that may stay for years.
 */
export function keptAnswers(
  answers: readonly StoredAnswer[],
  added: readonly StoredAnswer[],
  { now, of }: { now: number; of: 'document' | 'tombstone' },
): StoredAnswer[] {
  const all = [...answers, ...added];
  const atLeast = of === 'document' ? KEPT_ANSWERS : 0;
  const due = all.filter(({ at }, index) => index >= all.length - atLeast || now - Date.parse(at) < KEPT_FOR_MS);
  return newestWithin(due, MOST_KEPT);
}

/** The newest that fit, and the newest of all even when it does not: it is the answer of the command carried out. */
function newestWithin(answers: readonly StoredAnswer[], most: number): StoredAnswer[] {
  let size = 0;
  const tooOld = answers.findLastIndex((answer, index) => {
    size += JSON.stringify(answer).length;
    return size > most && index < answers.length - 1;
  });
  return answers.slice(tooOld + 1);
}
