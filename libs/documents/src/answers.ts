import type { Verdict } from '@vfleet/contracts/define';
import { refusal } from '@vfleet/contracts/refusals';
import type { StoredAnswer } from './documents.ts';

/** A document keeps at least this many answers, */
export const KEPT_ANSWERS = 32;
/** and every answer younger than this, in milliseconds: ten minutes. */
export const KEPT_FOR_MS = 600_000;

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

/** The answers to keep at `now` (milliseconds since the epoch) when `added` joins them; oldest first. */
export function keptAnswers(
  answers: readonly StoredAnswer[],
  added: readonly StoredAnswer[],
  now: number,
): StoredAnswer[] {
  const all = [...answers, ...added];
  return all.filter(({ at }, index) => index >= all.length - KEPT_ANSWERS || now - Date.parse(at) < KEPT_FOR_MS);
}
