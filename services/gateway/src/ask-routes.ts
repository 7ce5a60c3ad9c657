import { ROUTES } from '@vfleet/contracts/rest';
import { withSpan } from '@vfleet/process/telemetry';
import type { FastifyInstance } from 'fastify';
import { routeAnswerer } from './answer-route.ts';

import type { Ask } from './ask.ts';
import { isAudited } from './audit-requests.ts';
import type { Waiting } from './awaited.ts';
import { callerGone } from './caller-gone.ts';
import { mustAccept } from './must-accept.ts';
import { rawOf, single } from './raw-request.ts';
import { MEDIA_TYPES, sendAnswer } from './send.ts';
import { urlIn } from './serve-at.ts';

export type AskNeeds = { ask: Ask; newId: () => string; waiting: Waiting };

/** Serves every route of the table that asks the service which owns the data. */
export function serveByAsking(api: FastifyInstance, needs: AskNeeds): void {
  for (const [name, route] of Object.entries(ROUTES)) {
    if (route.kind !== 'ask') continue;
    const answer = routeAnswerer(name, route, needs);
    api.route({
      method: route.method,
      url: urlIn(api, route),
      config: isAudited(route) ? { audited: name } : {},
      handler: async (request, reply) => {
        mustAccept(request, MEDIA_TYPES);
        const { actor, id: correlationId, url } = request;
        if (!actor) throw new Error(`${name}: nobody is logged in`);
        const traceparent = single(request, 'traceparent');
        const outgoing = await withSpan(`${route.method} ${route.path}`, { traceparent }, (traced) =>
          answer({
            raw: rawOf(request),
            caller: { actor, correlationId, traceparent: traced },
            url,
            signal: callerGone(reply),
          }),
        );
        const isOpen = outgoing.kind === 'resource' && outgoing.status === 202;
        return sendAnswer(request, reply, outgoing, (isOpen && route.whileOpen) || route.answer);
      },
    });
  }
}
