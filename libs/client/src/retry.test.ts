import { expect, it } from 'vitest';
import { ApiProblem, ApiUnreachable } from './api-problem.ts';
import { retryDelay } from './retry.ts';

const problem = (code: string, retryAfter?: number) =>
  new ApiProblem({ type: '', title: '', status: 503, code, detail: '', refusals: [], correlation_id: '' }, retryAfter);

it.each([
  ['nothing listens', new ApiUnreachable('no'), 1, 500],
  ['nothing listens still', new ApiUnreachable('no'), 3, 2000],
  ['nothing listens for too long', new ApiUnreachable('no'), 4, undefined],
  ['the outcome is unknown', problem('OUTCOME_UNKNOWN', 5), 1, 5000],
  ['too many requests, for long', problem('TOO_MANY_REQUESTS', 3600), 1, 30_000],
  ['too much contention, no time said', problem('TOO_MUCH_CONTENTION'), 2, 1000],
  ['the host is unreachable', problem('HOST_UNREACHABLE', 5), 1, undefined],
  ['a rule is broken', problem('PF_STUCK'), 1, undefined],
  ['a fault of this program', new Error('bug'), 1, undefined],
])('%s', (_, failure, attempt, delay) => expect(retryDelay(failure, attempt)).toBe(delay));
