import type { Clock } from '@vfleet/process/clock';
import { z } from 'zod';
import { BrokerUsersUnavailable } from '../broker-users.ts';

/** How long one request may take, and how often it is tried when the broker does not answer or is not well. */
const TIMEOUT_MS = 5_000;
const TRIES = 3;
const FIRST_DELAY_MS = 250;
/** Answers are a sentence, or nothing. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

const Refused = z.object({ reason: z.union([z.string(), z.array(z.string()).transform((words) => words.join(' '))]) });
/** How it says, by status 400, that a user is not there whose rights or limits are to be set. */
const NO_USER = /^(no_such_user|vhost_or_user_not_found)/;

export type ManagementApi = {
  /** `missing`: there is nothing that this could be set of. */
  put(path: readonly string[], body: Record<string, unknown>): Promise<'done' | 'missing'>;
  /** Removes what is there; what is not there is removed already. */
  remove(path: readonly string[]): Promise<void>;
};

/**
 * RabbitMQ's management API, as far as it is needed: all requests may be repeated. `otherwise` is the URL whose
 * credentials are taken when `url` has none. Throws BrokerUsersUnavailable, which names no secret.
 */
export function managementApi({ url, otherwise, clock }: { url: string; otherwise: URL; clock: Clock }): ManagementApi {
  const given = new URL(url);
  const { username, password } = given.username ? given : otherwise;
  const user = decodeURIComponent(username);
  const authorization = `Basic ${Buffer.from(`${user}:${decodeURIComponent(password)}`).toString('base64')}`;
  const base = `${given.origin}${given.pathname.replace(/\/+$/, '')}/api`;

  async function send(method: 'PUT' | 'DELETE', path: readonly string[], body?: object): Promise<number> {
    const target = `${base}/${path.map(encodeURIComponent).join('/')}`;
    const content = body ? { body: JSON.stringify(body) } : {};
    const headers = { authorization, 'content-type': 'application/json' };
    for (let tries = 1; ; tries++) {
      const outcome = await answer(target, { method, headers, ...content });
      if (typeof outcome === 'object') return outcome.status;
      if (tries === TRIES) throw new BrokerUsersUnavailable(`${given.origin}: ${outcome}`);
      await clock.sleep(FIRST_DELAY_MS * 2 ** (tries - 1));
    }
  }

  /** What came of a request, or why it is worth trying again. */
  async function answer(target: string, init: RequestInit): Promise<{ status: number } | string> {
    let response: Response;
    let text: string;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      response = await fetch(target, { ...init, signal, redirect: 'error' });
      text = await beginningOf(response);
    } catch (problem) {
      return `the management API of the broker does not answer (${causeOf(problem)})`;
    }
    const { status } = response;
    if (status >= 500 || status === 429) return `the management API of the broker answers ${status}`;
    if (status === 404 || response.ok) return { status };
    const reason = Refused.safeParse(parsed(text)).data?.reason ?? '';
    if (status === 400 && NO_USER.test(reason)) return { status: 404 };
    throw new BrokerUsersUnavailable(`${given.origin}: ${refusalOf(status, reason)}`);
  }

  function refusalOf(status: number, reason: string): string {
    if (status === 401) {
      return `the broker refuses the user ${user}: its password is wrong, or it has not the tag "administrator"`;
    }
    return `the management API of the broker answers ${status}${reason ? `: ${reason.slice(0, 200)}` : ''}`;
  }

  return {
    async put(path, body) {
      return (await send('PUT', path, body)) === 404 ? 'missing' : 'done';
    },
    async remove(path) {
      await send('DELETE', path);
    },
  };
}

/** Takes no more of an answer than it can be: what goes on is no management API. */
async function beginningOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes > LONGEST_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).toString();
}

/** fetch hides what happened in the cause; neither holds the headers that were sent. */
function causeOf(problem: unknown): string {
  const { name, message, cause } = problem as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
