import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { expect } from 'vitest';
import type { Call, GatewayUnderTest } from './gateway-under-test.ts';

export type Request = Parameters<Call>[2];
export type Refused = { status: number; headers: Headers; code: string; problem: Problem };

/** Sends requests that must be refused, and sees to it that each is told as it must be and has changed nothing. */
export function refusalsOf(tested: () => GatewayUnderTest) {
  return async (method: string, path: string, request?: Request): Promise<Refused> => {
    const { call, carriedOut } = tested();
    const before = carriedOut();
    const { status, headers, text } = await call(method, path, request);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = Problem.parse(JSON.parse(text));
    expect(problem.status).toBe(status);
    expect(problem.correlation_id).toBe(headers.get('x-correlation-id'));
    expect(problem.refusals.length).toBeGreaterThan(0);
    for (const { remedy } of problem.refusals) expect(remedy).not.toBe('');
    expect(carriedOut()).toBe(before);
    return { status, headers, code: problem.code, problem };
  };
}
