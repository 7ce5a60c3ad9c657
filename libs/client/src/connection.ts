import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { ApiProblem, ApiUnreachable } from './api-problem.ts';
import { retryDelay } from './retry.ts';

export type ConnectionOptions = {
  /** Where the API is: `http://127.0.0.1:8080`. */
  url: string;
  username: string;
  password: string;
  fetch?: typeof fetch;
  /** Resolves after `ms`, rejects when the signal aborts first. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
};

export type Sent = {
  method: string;
  target: string;
  headers: Record<string, string>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
  /** A status beside the successful ones that is an answer, not a problem. */
  alsoAnswers?: number;
};
export type Received = { status: number; headers: Headers; text: string };

/** Sends requests to one API as one user. All of them throw ApiProblem when refused, ApiUnreachable without an answer. */
export type Connection = {
  /** Sends once and gives the answer as it comes. */
  open(request: Sent): Promise<Response>;
  /** Sends, again while that can help, and gives the whole answer. A change needs an Idempotency-Key for that. */
  send(request: Sent): Promise<Received>;
  sleep(ms: number, signal?: AbortSignal): Promise<unknown>;
};

/** Makes a connection. Nothing is sent yet. */
export function connectionTo({
  url,
  username,
  password,
  fetch: fetching = fetch,
  sleep = (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
}: ConnectionOptions): Connection {
  const base = url.replace(/\/+$/, '');
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function open({ method, target, headers, body, signal, alsoAnswers }: Sent): Promise<Response> {
    const request = { method, headers: { authorization, ...headers }, body: body ?? null, signal: signal ?? null };
    const response = await fetching(`${base}${target}`, request).catch(unreachable(signal));
    if (response.ok || response.status === alsoAnswers) return response;
    throw problemOf(
      { status: response.status, headers: response.headers, text: await response.text().catch(unreachable(signal)) },
      base,
    );
  }

  async function sendOnce(request: Sent): Promise<Received> {
    const response = await open(request);
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text().catch(unreachable(request.signal)),
    };
  }

  /** What the caller itself ended is thrown on as it is. */
  function unreachable(signal: AbortSignal | undefined): (problem: unknown) => never {
    return (problem) => {
      if (signal?.aborted) throw problem;
      throw new ApiUnreachable(`${base} does not answer: ${reasonOf(problem)}`, { cause: problem });
    };
  }

  return {
    open,
    sleep,
    async send(request) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await sendOnce(request);
        } catch (problem) {
          const ms = retryDelay(problem, attempt);
          if (ms === undefined) throw problem;
          await sleep(ms, request.signal);
        }
      }
    },
  };
}

function problemOf({ status, headers, text }: Received, base: string): ApiProblem | ApiUnreachable {
  const problem = Problem.safeParse(jsonOf(text));
  if (!problem.success)
    return new ApiUnreachable(`${base} answers ${status}, but not as VFleet does; is it the right address?`);
  const retryAfter = headers.get('retry-after');
  return new ApiProblem(problem.data, retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not a problem document
  }
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(problem: unknown): string {
  const { cause = problem } = problem as { cause?: unknown };
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name);
}
