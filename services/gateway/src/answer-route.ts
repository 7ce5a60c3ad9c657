import { AskTimeout, BusUnavailable } from '@vfleet/bus/bus';
import { refusal } from '@vfleet/contracts/refusals';
import { operationPath } from '@vfleet/contracts/rest/operations';
import type { AskRoute, RouteAnswer } from '@vfleet/contracts/rest/route';
import { answerWhenSettled } from './answer-when-settled.ts';
import type { Ask, Caller } from './ask.ts';
import { askComposed } from './ask-composed.ts';
import type { Waiting } from './awaited.ts';
import { entityTagOf } from './core/entity-tag.ts';
import { type RawRequest, requestReader } from './core/read-request.ts';
import { cursorIn } from './cursor.ts';
import { entityIdOfKey } from './entity-id.ts';
import { faultyBy, type Outgoing, refusedBy } from './outgoing.ts';
import { pageOutgoing } from './page-outgoing.ts';

/** A request to a route. `url` is its path and query, `signal` aborts when the caller is gone. */
export type Incoming = { raw: RawRequest; caller: Caller; url: string; signal: AbortSignal };

/** Makes what answers the requests of a route. It throws only on faults of the product itself. */
export function routeAnswerer(
  name: string,
  route: AskRoute,
  { ask, newId, waiting }: { ask: Ask; newId: () => string; waiting: Waiting },
): (incoming: Incoming) => Promise<Outgoing> {
  const read = requestReader(route, {
    cursorIn: (text) => cursorIn(name, text),
    entityIdFor: (key) => (key === undefined ? newId() : entityIdOfKey(name, key)),
  });

  return async ({ raw, caller, url, signal }) => {
    const request = read(raw);
    if (!request.ok) return faultyBy(request.faults);
    if (request.neverMatches)
      return refusedBy([refusal('PRECONDITION_FAILED', 'If-Match names an ETag that no version has')]);
    const key = request.key ?? newId();
    const { input } = request;
    const id = route.waitsFor === 'operation' ? operationIdOf(name, input.params, key) : key;
    const message = route.toRequest(input);
    const send = () => ask(route.contract, message, caller, { id });
    try {
      if (route.waitsFor) {
        const { waitSeconds } = request;
        const { takesBody } = route;
        const begun = { input, waitSeconds, takesBody, send, caller, url, signal };
        return await answerWhenSettled(route.waitsFor, begun, waiting);
      }
      const verdict = await askComposed(route, { params: input.params, send, caller }, ask);
      if (!verdict.ok) return refusedBy(verdict.refusals);
      return answered(verdict.reply, { name, route, url, params: input.params });
    } catch (problem) {
      return unanswered(problem, { route, id, key });
    }
  };
}

/** An operation is found by its id alone, so one key for two virtual machines names two of them. */
function operationIdOf(name: string, params: unknown, key: string): string {
  return entityIdOfKey(`${name} ${JSON.stringify(params)}`, key);
}

function answered(
  { resource, version }: RouteAnswer<unknown>,
  { name, route, url, params }: { name: string; route: AskRoute; url: string; params: unknown },
): Outgoing {
  const headers: Record<string, string> = {};
  if (version !== undefined) headers.etag = entityTagOf(version);
  if (route.locationOf) headers.location = route.locationOf(resource, params);
  const { status } = route;
  return route.answer.kind === 'page'
    ? pageOutgoing({ name, url, status, headers }, resource as { items: unknown[]; next: string | null })
    : { kind: 'resource', status, headers, resource };
}

/** No answer to a query means that it can be asked again; to a command, that nobody knows whether it was carried out. */
function unanswered(problem: unknown, { route, id, key }: { route: AskRoute; id: string; key: string }): Outgoing {
  if (!(problem instanceof AskTimeout || problem instanceof BusUnavailable)) throw problem;
  const { kind, service } = route.contract;
  if (kind === 'query') return faultyBy([{ code: 'SERVICE_UNAVAILABLE', detail: `${service} did not answer` }]);
  const detail = `${service} did not answer command ${id}: whether it was or will be carried out is not known`;
  const location: Record<string, string> = route.waitsFor === 'operation' ? { location: operationPath(id) } : {};
  return faultyBy([{ code: 'OUTCOME_UNKNOWN', detail }], { ...location, 'idempotency-key': key });
}
