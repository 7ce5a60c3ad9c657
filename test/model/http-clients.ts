import { randomUUID } from 'node:crypto';

/** The body of an answer, as a client reads it. */
// biome-ignore lint/suspicious/noExplicitAny: a client reads bodies without the product's types
export type Answer = { status: number; body: any };

/** A client over HTTP that goes to another gateway when one does not answer, and repeats with the same key. */
export type HttpClient = {
  /** Sends until it is answered with anything but 503, or undefined when it is told to give up. */
  send(method: string, path: string, body?: unknown): Promise<Answer | undefined>;
};

const AGAIN_MS = 200;
const PATIENCE_MS = 20_000;

/** Makes a client of the gateways whose addresses `urls` tells at the time; it gives up when `signal` aborts. */
export function httpClient(urls: () => readonly string[], authorization: string, signal: AbortSignal): HttpClient {
  let turn = 0;
  return {
    async send(method, path, body) {
      const key = randomUUID();
      while (!signal.aborted) {
        const known = urls();
        const url = known[turn++ % Math.max(known.length, 1)];
        const answer =
          url === undefined ? undefined : await once(new URL(path, url), { method, body, key, authorization });
        if (answer && answer.status !== 503) return answer;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
      return undefined;
    },
  };
}

async function once(
  url: URL,
  { method, body, key, authorization }: { method: string; body: unknown; key: string; authorization: string },
): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': key } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined };
  } catch {
    return undefined;
  }
}
