import type { FastifyRequest } from 'fastify';
import type { ParsedBody, RawRequest } from './core/read-request.ts';

/** A request as it came, but for its body, which was parsed. */
export function rawOf(request: FastifyRequest): RawRequest {
  return {
    params: request.params,
    query: request.query as RawRequest['query'],
    body: request.body as ParsedBody | undefined,
    ifMatch: single(request, 'if-match'),
    idempotencyKey: single(request, 'idempotency-key'),
    prefer: single(request, 'prefer'),
  };
}

/** A header that stands once: Node joins one that stands more often with commas, but for a few it never gives. */
export function single({ headers }: FastifyRequest, name: string): string | undefined {
  const header = headers[name];
  return typeof header === 'string' ? header : undefined;
}
