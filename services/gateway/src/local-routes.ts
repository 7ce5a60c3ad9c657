import { Readable } from 'node:stream';
import { openapiDocument } from '@vfleet/contracts/openapi';
import { ROUTES, type RouteName } from '@vfleet/contracts/rest';
import { PRODUCT, type Product, type Readiness } from '@vfleet/contracts/rest/product';
import type { LocalRoute } from '@vfleet/contracts/rest/route';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { callerGone } from './caller-gone.ts';
import { hasHead } from './core/allowed-methods.ts';
import type { RawRequest } from './core/read-request.ts';
import { eventStream, type Streams } from './event-stream.ts';
import { mustAccept } from './must-accept.ts';
import type { Outgoing } from './outgoing.ts';
import { rawOf } from './raw-request.ts';
import { RequestRefused } from './request-refused.ts';
import { MEDIA_TYPES, sendAnswer } from './send.ts';
import { urlIn } from './serve-at.ts';

/** Each of them holds a connection and up to a thousand events. */
const MOST_FOLLOWERS = 1000;

export type LocalNeeds = {
  /** `stopping` aborts when the gateway closes: it ends every stream. */
  streams: Streams & { stopping: AbortSignal };
  readiness: () => Promise<string[]>;
  metrics: Registry;
  showAudit: (request: { raw: RawRequest; url: string }) => Promise<Outgoing>;
};

type LocalName = { [Name in RouteName]: (typeof ROUTES)[Name] extends LocalRoute ? Name : never }[RouteName];
type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

/** Serves the routes a gateway answers by itself, of those the ones that are chosen. /docs is docs.ts's. */
export function serveLocally(scope: FastifyInstance, needs: LocalNeeds, chosen: (route: LocalRoute) => boolean): void {
  for (const [name, handler] of Object.entries(handlersOf(needs))) {
    const route: LocalRoute = ROUTES[name as Exclude<LocalName, 'showDocs'>];
    if (!chosen(route)) continue;
    scope.route({
      method: route.method,
      url: urlIn(scope, route),
      exposeHeadRoute: hasHead(route),
      handler,
    });
  }
}

function handlersOf(needs: LocalNeeds): Record<Exclude<LocalName, 'showDocs'>, Handler> {
  const openapi = JSON.stringify(openapiDocument());
  return {
    getProduct(request, reply) {
      mustAccept(request, MEDIA_TYPES);
      return sendAnswer(
        request,
        reply,
        { kind: 'resource', status: 200, headers: {}, resource: product() },
        ROUTES.getProduct.answer,
      );
    },
    getOpenapi(request, reply) {
      mustAccept(request, ['application/json']);
      return sendJson(reply, openapi);
    },
    async listAudit(request, reply) {
      mustAccept(request, MEDIA_TYPES);
      const outgoing = await needs.showAudit({ raw: rawOf(request), url: request.url });
      return sendAnswer(request, reply, outgoing, ROUTES.listAudit.answer);
    },
    followEvents: (request, reply) => followEvents(request, reply, needs.streams),
    getHealth: (_, reply) => sendJson(reply, JSON.stringify({ alive: true })),
    async getReadiness(_, reply) {
      const problems = await needs.readiness();
      const readiness: Readiness = { ready: problems.length === 0, problems };
      return sendJson(reply.code(readiness.ready ? 200 : 503), JSON.stringify(readiness));
    },
    async getMetrics(_, reply) {
      return reply.type(needs.metrics.contentType).send(await needs.metrics.metrics());
    },
  };
}

function product(): Product {
  const hrefs = {
    hosts: ROUTES.listHosts,
    clusters: ROUTES.listClusters,
    networks: ROUTES.listNetworks,
    qos: ROUTES.listQos,
    vnicprofiles: ROUTES.listVnicProfiles,
    vms: ROUTES.listVms,
    audit: ROUTES.listAudit,
    events: ROUTES.followEvents,
    openapi: ROUTES.getOpenapi,
    docs: ROUTES.showDocs,
  };
  return { ...PRODUCT, links: Object.entries(hrefs).map(([rel, { path }]) => ({ rel, href: path })) };
}

function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(text);
}

function followEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  { stopping, ...streams }: LocalNeeds['streams'],
): FastifyReply {
  mustAccept(request, ['text/event-stream']);
  if (streams.live.followers() >= MOST_FOLLOWERS) {
    throw new RequestRefused(
      { code: 'OVERLOADED', detail: `${MOST_FOLLOWERS} callers follow the events already` },
      { 'retry-after': '30' },
    );
  }
  const header = request.headers['last-event-id'];
  const lastEventId = typeof header === 'string' ? header : undefined;
  const signal = AbortSignal.any([callerGone(reply), stopping]);
  // Proxies that buffer would hold the events back (nginx takes this header as an order).
  reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
  return reply.send(Readable.from(eventStream({ ...streams, lastEventId, signal }), { objectMode: false }));
}
