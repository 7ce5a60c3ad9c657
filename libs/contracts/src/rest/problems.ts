/**
 * What a gateway itself answers when a request does not get as far as a rule of the product: status, what a person
 * reads, and what they can do. Business refusals are in ../refusals.ts; both kinds look the same to a caller.
 */
export const PROBLEMS = {
  MALFORMED_URL: { status: 400, title: 'The address cannot be read', remedy: 'Percent-encode the parts of the path.' },
  MALFORMED_HEADER: { status: 400, title: 'A header cannot be read', remedy: 'Correct the header named here.' },
  MALFORMED_BODY: { status: 400, title: 'The body cannot be read', remedy: 'Send well-formed JSON or XML in UTF-8.' },
  UNKNOWN_FIELD: {
    status: 400,
    title: 'There is no such field',
    remedy: 'Take the field out, or correct its name; the fields are described in /api/openapi.json.',
  },
  INVALID_VALUE: {
    status: 400,
    title: 'A value is not valid',
    remedy: 'Send a value as /api/openapi.json describes it.',
  },
  LOGIN_REQUIRED: {
    status: 401,
    title: 'A login is needed',
    remedy: 'Send user name and password with HTTP Basic authentication.',
  },
  NO_SUCH_PATH: {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'GET /api/openapi.json lists every path.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The resource does not know this method',
    remedy: 'Use a method the Allow header names.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'The resource cannot be given in that form',
    remedy: 'Accept a media type that is named here.',
  },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large', remedy: 'Send at most 1 MB.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'A body of this kind is not understood',
    remedy: 'Send application/json or application/xml, in UTF-8 and not compressed.',
  },
  PRECONDITION_NOT_SUPPORTED: {
    status: 400,
    title: 'The route does not honour If-Match',
    remedy: 'Send the request without If-Match.',
  },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests', remedy: 'Wait as long as Retry-After says.' },
  INTERNAL_FAULT: {
    status: 500,
    title: 'The product has a fault',
    remedy: 'Look for the correlation id in the log of the gateway and report what it says.',
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    title: 'There was no answer in time',
    remedy: 'Send the request again with the same Idempotency-Key: it is carried out at most once.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    title: 'A part of the product is not available now',
    remedy: 'Try again after the time Retry-After names; GET /ready tells what is missing.',
  },
  OVERLOADED: {
    status: 503,
    title: 'The gateway has more to do than it can',
    remedy: 'Try again after the time Retry-After names.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
