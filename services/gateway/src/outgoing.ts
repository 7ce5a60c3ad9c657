import type { Refusal } from '@vfleet/contracts/vocabulary/problem';
import { type ProblemDraft, problemOfFaults, problemOfRefusals, type RequestFault } from './core/problem-document.ts';

type Headers = Readonly<Record<string, string>>;

/** What a route answers, before it is spelt in JSON or XML. `failed`: not refused, but begun and ended so. */
export type Outgoing =
  | { kind: 'resource'; status: number; headers: Headers; resource: unknown }
  | { kind: 'problem'; headers: Headers; problem: ProblemDraft; failed: boolean };

/** Seconds a caller is told to let pass before it tries again what is not possible now. */
const RETRY_AFTER = { 'retry-after': '5' };

/** The answer of broken rules. */
export function refusedBy(refusals: readonly Refusal[]): Outgoing {
  return asProblem(problemOfRefusals(refusals), {});
}

/** The answer of what was begun and has ended badly. */
export function failedBy(refusals: readonly Refusal[]): Outgoing {
  return { ...asProblem(problemOfRefusals(refusals), {}), failed: true };
}

/** The answer of faults of a request, or of a part of the product that is not there. */
export function faultyBy(faults: readonly [RequestFault, ...RequestFault[]], headers: Headers = {}): Outgoing {
  return asProblem(problemOfFaults(faults), headers);
}

function asProblem(problem: ProblemDraft, headers: Headers): Extract<Outgoing, { kind: 'problem' }> {
  const withRetry = problem.status === 503 ? { ...RETRY_AFTER, ...headers } : headers;
  return { kind: 'problem', headers: withRetry, problem, failed: false };
}
