import type { Representation } from '@vfleet/contracts/rest/route';
import { PROBLEM_ROOT } from '@vfleet/contracts/rest/xml-names';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Format } from './core/body-format.ts';
import type { ProblemDraft } from './core/problem-document.ts';
import { pageElement, printXml, resourceElement } from './core/xml-write.ts';
import type { Outgoing } from './outgoing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request was answered with instead of a resource. */
    problem?: ProblemDraft;
    /** Whether that is how what it began has ended: it was not refused. */
    failed?: boolean;
  }
}

/** The media types a caller can be answered in, the first one when it does not mind. */
export const MEDIA_TYPES = ['application/json', 'application/xml', 'text/xml'];
const PROBLEM_TYPES = ['application/problem+json', 'application/problem+xml', ...MEDIA_TYPES];

/** Sends what a route answers in the form the caller accepts. Throws when the resource is not as its schema says. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  outgoing: Outgoing,
  representation: Representation,
): FastifyReply {
  if (outgoing.kind === 'problem') {
    request.failed = outgoing.failed;
    return sendProblem(request, reply, outgoing.problem, outgoing.headers);
  }
  reply.code(outgoing.status).headers(outgoing.headers);
  if (representation.kind === 'nothing') return reply.send();
  const resource = representation.schema.parse(outgoing.resource);
  const accepted = request.accepts().type(MEDIA_TYPES);
  const mediaType = typeof accepted === 'string' ? accepted : 'application/json';
  reply.type(`${mediaType}; charset=utf-8`);
  return reply.send(spelt(resource, { format: mediaType === 'application/json' ? 'json' : 'xml', representation }));
}

/** Sends a problem document (RFC 9457), in XML to a caller that accepts no JSON. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  draft: ProblemDraft,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  request.problem = draft;
  const problem = { ...draft, correlation_id: request.id };
  // A request with a malformed address comes before any plugin has decorated it.
  const accepted = request.accepts?.().type(PROBLEM_TYPES);
  reply.code(draft.status).headers(headers);
  if (typeof accepted === 'string' && accepted.endsWith('xml')) {
    const root = { ...resourceElement(PROBLEM_ROOT.name, problem), attributes: { xmlns: PROBLEM_ROOT.namespace } };
    return reply.type('application/problem+xml; charset=utf-8').send(printXml(root));
  }
  return reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

function spelt(
  resource: unknown,
  { format, representation }: { format: Format; representation: Exclude<Representation, { kind: 'nothing' }> },
): string {
  if (format === 'json') return JSON.stringify(resource);
  if (representation.kind === 'resource') return printXml(resourceElement(representation.root, resource));
  return printXml(pageElement(representation, resource as { items: unknown[]; next: string | null }));
}
