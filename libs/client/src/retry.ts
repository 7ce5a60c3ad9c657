import { ApiProblem, ApiUnreachable } from './api-problem.ts';

/** How often a request is sent at most. */
const ATTEMPTS = 4;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Refusals that pass by themselves. HOST_UNREACHABLE is none of them: what is wrong with the host is its
 * administrator's to put right.
 */
const PASSING = ['OUTCOME_UNKNOWN', 'SERVICE_UNAVAILABLE', 'OVERLOADED', 'TOO_MUCH_CONTENTION', 'TOO_MANY_REQUESTS'];

/**
 * How many milliseconds to wait before a request is sent again after its `attempt`-th try failed, or undefined when it
 * must not be. It can be for every request, for a change is carried out once for its Idempotency-Key.
 */
export function retryDelay(problem: unknown, attempt: number): number | undefined {
  if (attempt >= ATTEMPTS) return undefined;
  const growing = FIRST_MS * 2 ** (attempt - 1);
  if (problem instanceof ApiUnreachable) return growing;
  if (!(problem instanceof ApiProblem) || !PASSING.includes(problem.problem.code)) return undefined;
  return Math.min(problem.retryAfter === undefined ? growing : problem.retryAfter * 1000, LONGEST_MS);
}
