import type { FastifyRequest } from 'fastify';
import { RequestRefused } from './request-refused.ts';

/** Refuses with 406 a caller that accepts none of the media types. */
export function mustAccept(request: FastifyRequest, mediaTypes: string[]): void {
  if (request.accepts().type(mediaTypes)) return;
  throw new RequestRefused({ code: 'NOT_ACCEPTABLE', detail: `it can be given as ${mediaTypes.join(', ')}` });
}
