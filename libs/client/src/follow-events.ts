import { ROUTES } from '@vfleet/contracts/rest';
import { LiveEvent } from '@vfleet/contracts/rest/live-events';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ApiUnreachable } from './api-problem.ts';
import type { Connection } from './connection.ts';

const FIRST_RETRY_MS = 2000;

/**
 * Follows the event stream until the signal aborts. When it breaks it is opened again after the time the API named,
 * from the last event on; only a refusal ends it with an error. What is no event of this version is left out.
 */
export async function* followEvents(
  connection: Connection,
  { lastEventId, signal }: { lastEventId?: string | undefined; signal?: AbortSignal | undefined },
): AsyncGenerator<LiveEvent> {
  let last = lastEventId;
  let retryMs = FIRST_RETRY_MS;
  const onRetry = (ms: number) => {
    retryMs = ms;
  };
  while (!signal?.aborted) {
    try {
      for await (const { id, data } of await messages(connection, { last, signal, onRetry })) {
        last = id ?? last;
        const event = LiveEvent.safeParse(JSON.parse(data));
        if (event.success) yield event.data;
      }
    } catch (problem) {
      if (signal?.aborted) return;
      if (!isBroken(problem)) throw problem;
    }
    await connection.sleep(retryMs, signal).catch(() => undefined);
  }
}

async function messages(
  connection: Connection,
  {
    last,
    signal,
    onRetry,
  }: { last: string | undefined; signal: AbortSignal | undefined; onRetry: (ms: number) => void },
): Promise<AsyncIterable<{ id?: string | undefined; data: string }>> {
  const { method, path } = ROUTES.followEvents;
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (last !== undefined) headers['last-event-id'] = last;
  const { body } = await connection.open({ method, target: path, headers, signal });
  if (!body) throw new ApiUnreachable('the event stream is empty');
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream({ onRetry }));
}

/** fetch breaks a stream off with a TypeError. */
function isBroken(problem: unknown): boolean {
  return problem instanceof ApiUnreachable || problem instanceof TypeError;
}
