import { ROUTES } from '@vfleet/contracts/rest';
import type { AskRoute } from '@vfleet/contracts/rest/route';
import type { AuditEntry } from '@vfleet/contracts/vocabulary/audit';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from './audit-trail.ts';
import { auditIdOf } from './core/audit-order.ts';
import { auditOutcomeOf } from './core/audit-outcome.ts';
import { RequestRefused } from './request-refused.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The name of the operation, at a route that changes something. */
    audited?: string;
  }
  interface FastifyRequest {
    /** The entry that the audit log has of this request, and when that is durable. */
    audit: { entry: AuditEntry; begun: Promise<void> } | null;
  }
}

const LONGEST_DETAIL = 2000;
/** A path holds names of 255 characters, percent-encoded. */
const LONGEST_TARGET = 4000;

/** Whether requests to a route are logged: they change something, or would have. */
export function isAudited({ method, dryRun }: Pick<AskRoute, 'method' | 'dryRun'>): boolean {
  return method !== 'GET' && !dryRun;
}

/**
 * Logs every request of a scope that changes something: begun with outcome `unknown` beside carrying it out, durable
 * before it is answered, completed after that. While the log cannot be written such requests are turned away.
 */
export function auditRequests(
  api: FastifyInstance,
  { trail, clock, newId }: { trail: AuditTrail; clock: Clock; newId: () => string },
): void {
  let lastAt = 0;
  api.decorateRequest('audit', null);

  api.addHook('onRequest', async (request) => {
    const { audited } = request.routeOptions.config;
    if (audited === undefined) return;
    if (trail.broken()) {
      const detail = 'the audit log cannot be written';
      throw new RequestRefused({ code: 'SERVICE_UNAVAILABLE', detail }, { 'retry-after': '5' });
    }
    // What comes in one millisecond stays in the order in which it came.
    lastAt = Math.max(clock.now(), lastAt + 1);
    const entry = entryOf(request, { action: audited, id: auditIdOf(lastAt, newId()), at: isoNow(clock) });
    request.audit = { entry, begun: trail.begin(entry) };
  });

  api.addHook('onSend', async (request, reply, payload) => {
    const { audit } = request;
    if (!audit) return payload;
    request.audit = null;
    await audit.begun;
    trail.complete({ ...audit.entry, ...cameOut(request, reply) });
    return payload;
  });
}

function entryOf(request: FastifyRequest, { action, id, at }: Pick<AuditEntry, 'action' | 'id' | 'at'>): AuditEntry {
  const { actor, id: correlationId, params } = request;
  if (!actor) throw new Error(`${action}: nobody is logged in`);
  return {
    ...{ id, at, actor, action, target: targetOf(action, params as Readonly<Record<string, string>>) },
    ...{ outcome: 'unknown', status: null, codes: [], detail: null, correlation_id: correlationId },
  };
}

/** The path as every caller would spell it, without the query. */
function targetOf(action: string, params: Readonly<Record<string, string>>): string {
  const { path } = ROUTES[action as keyof typeof ROUTES];
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(params[name] ?? '')).slice(0, LONGEST_TARGET);
}

/** Half a surrogate pair cannot be encoded; no name has one. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What was made is told by where it is. */
function cameOut({ problem, failed = false }: FastifyRequest, reply: FastifyReply): Partial<AuditEntry> {
  const { statusCode: status } = reply;
  const codes = [...new Set(problem?.refusals.map(({ code }) => code))];
  const location = reply.getHeader('location');
  return {
    ...{ outcome: auditOutcomeOf({ status, codes, failed }), status, codes },
    detail: problem ? problem.detail.slice(0, LONGEST_DETAIL).toWellFormed() : null,
    ...(status === 201 && typeof location === 'string' ? { target: location } : {}),
  };
}
