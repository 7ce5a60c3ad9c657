import type { Problem } from '@vfleet/contracts/vocabulary/problem';

/** The API refused a request: every broken rule with its remedy is in `problem`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;
  /** Seconds the API asked to let pass before another try. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter: number | undefined) {
    super(`${problem.title} (${problem.code}): ${problem.detail}`);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** There was no answer that could be understood: nothing listens, the line broke, or something else is at that address. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
}
