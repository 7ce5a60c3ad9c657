import type { FastifyReply } from 'fastify';

/**
 * Aborts when the caller is gone, or was answered. The response tells it: a request is closed as soon as its body was
 * read, so fastify's `request.signal` comes too early or, asked for after that, never.
 */
export function callerGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once('close', () => gone.abort());
  return gone.signal;
}
