import { ROUTES } from '@vfleet/contracts/rest';
import type { Log } from '@vfleet/process/log';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods } from './core/allowed-methods.ts';
import { problemOfFaults, type RequestFault } from './core/problem-document.ts';
import { RequestRefused } from './request-refused.ts';
import { sendProblem } from './send.ts';

/** What fastify and its plugins refuse by themselves, as the product tells it. */
const OF_FASTIFY: Readonly<Record<string, RequestFault>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE', detail: 'the body is larger than 1 MB' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'Content-Type names no media type' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'MALFORMED_BODY',
    detail: 'the body is not as long as Content-Length says',
  },
  FST_ERR_BAD_URL: { code: 'MALFORMED_URL', detail: 'the path is not percent-encoded UTF-8' },
  FST_UNDER_PRESSURE: { code: 'OVERLOADED', detail: 'requests are turned away until those that run are done' },
};

/** What an answer that failed may have said of itself; it does not hold for the problem, or it is what failed. */
const OF_ANSWERS = ['etag', 'link', 'location', 'preference-applied'];

/** Makes the instance answer whatever is thrown with a problem document. A fault of the product is logged, not told. */
export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError({ error, request, reply, log }));
}

/** Sends the problem document of what was thrown. */
export function sendError({
  error,
  request,
  reply,
  log,
}: {
  error: FastifyError | Error;
  request: FastifyRequest;
  reply: FastifyReply;
  log: Log;
}): FastifyReply {
  if (error instanceof RequestRefused)
    return sendProblem(request, reply, problemOfFaults([error.fault]), error.headers);
  const known = 'code' in error ? OF_FASTIFY[error.code] : undefined;
  if (known) return sendProblem(request, reply, problemOfFaults([known]));
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500) {
    log.info({ err: error, correlationId: request.id }, 'a request was refused by the HTTP server');
    return sendProblem(request, reply, problemOfFaults([{ code: 'MALFORMED_HEADER', detail: error.message }]));
  }
  log.error(
    { err: error, correlationId: request.id, method: request.method, route: request.routeOptions.url },
    'a request failed',
  );
  for (const header of OF_ANSWERS) reply.removeHeader(header);
  return sendProblem(
    request,
    reply,
    problemOfFaults([{ code: 'INTERNAL_FAULT', detail: 'the request was given up; the log says why' }]),
  );
}

/** Answers an address that no route is at: 405 when the path is known, 404 when it is not. */
export function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0] ?? '';
  const allowed = allowedMethods(Object.values(ROUTES), path);
  const fault: RequestFault =
    allowed.length > 0
      ? { code: 'METHOD_NOT_ALLOWED', detail: `${path} knows ${allowed.join(', ')}, not ${request.method}` }
      : { code: 'NO_SUCH_PATH', detail: `there is no ${path}` };
  const headers: Record<string, string> = allowed.length > 0 ? { allow: allowed.join(', ') } : {};
  return sendProblem(request, reply, problemOfFaults([fault]), headers);
}
