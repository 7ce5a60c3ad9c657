import accepts from '@fastify/accepts';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import { ROUTES } from '@vfleet/contracts/rest';
import type { Route } from '@vfleet/contracts/rest/route';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { type AskNeeds, serveByAsking } from './ask-routes.ts';
import { auditRequests } from './audit-requests.ts';
import type { AuditTrail } from './audit-trail.ts';
import { authenticator } from './authenticate.ts';
import { chosenCorrelationId } from './core/request-ids.ts';
import { serveDocs } from './docs.ts';
import { type LocalNeeds, serveLocally } from './local-routes.ts';
import type { Logins } from './logins.ts';
import { observeRequests } from './observe-requests.ts';
import { answerErrors, answerUnknown, sendError } from './problems.ts';
import { LARGEST_BODY, readBodies } from './read-body.ts';
import { RequestRefused } from './request-refused.ts';
import type { GatewaySettings } from './settings.ts';

export type AppNeeds = AskNeeds &
  LocalNeeds & {
    logins: Logins;
    trail: AuditTrail;
    clock: Clock;
    log: Log;
    metrics: Registry;
    newId: () => string;
    settings: GatewaySettings;
  };

/**
 * Builds the HTTP server out of the route table. Three scopes, each with what the one around it has: everything has a
 * correlation id, a limit of requests and problem documents; what needs a login is checked for one; the API reads
 * JSON and XML and turns requests away when the process cannot keep up.
 */
export async function buildApp(needs: AppNeeds): Promise<FastifyInstance> {
  const { log, settings } = needs;
  const app = Fastify({
    logger: false,
    bodyLimit: LARGEST_BODY,
    requestTimeout: 30_000,
    trustProxy: settings.trustProxy,
    // A name of 255 characters may take twelve times as many when it is percent-encoded.
    routerOptions: { maxParamLength: 4000, ignoreTrailingSlash: true },
    genReqId: ({ headers }) => chosenCorrelationId(single(headers['x-correlation-id'])) ?? needs.newId(),
    frameworkErrors: (error, request, reply) => {
      sendError({ error, request, reply: reply.header('x-correlation-id', request.id), log });
    },
  });
  app.decorateRequest('actor', null);
  answerErrors(app, log);
  observeRequests(app, needs);
  await app.register(helmet, HELMET);
  await app.register(accepts);
  await app.register(rateLimit, { global: false, max: settings.requestsPerMinute, timeWindow: 60_000 });
  const tooMany = limiter(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-correlation-id', request.id);
    if (!isProbe(request)) await tooMany(request);
  });
  app.setNotFoundHandler(answerUnknown);
  serveLocally(app, needs, (route) => !route.login);

  await app.register(async (guarded) => {
    guarded.addHook('onRequest', authenticator(needs.logins));
    serveLocally(guarded, needs, (route) => route.login && !ofApi(route));
    await serveDocs(guarded);
    await guarded.register(
      async (api) => {
        // An interval in which the event loop hardly turns counts as an endless delay, so it lasts longer than the limit.
        await api.register(underPressure, {
          maxEventLoopDelay: settings.maxEventLoopDelayMs,
          sampleInterval: 2 * settings.maxEventLoopDelayMs,
          retryAfter: 10,
        });
        api.addHook('onRequest', async (_, reply) => {
          reply.headers({ 'cache-control': 'no-store', vary: 'Accept, Authorization' });
        });
        auditRequests(api, needs);
        readBodies(api);
        api.setNotFoundHandler(answerUnknown);
        serveLocally(api, needs, (route) => route.login && ofApi(route));
        serveByAsking(api, needs);
      },
      { prefix: API },
    );
  });
  return app;
}

/**
 * Pages load nothing from elsewhere. Whether a browser must come by HTTPS is the business of the proxy that ends TLS,
 * if there is one: this server speaks HTTP.
 */
const HELMET = {
  contentSecurityPolicy: {
    directives: {
      styleSrc: ["'self'", "'unsafe-inline'"],
      fontSrc: ["'self'", 'data:'],
      upgradeInsecureRequests: null,
    },
  },
  strictTransportSecurity: false,
};

/** The path of the API; its scope has it as prefix. */
const API = '/api';

function ofApi({ path }: Route): boolean {
  return path === API || path.startsWith(`${API}/`);
}

function isProbe({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === ROUTES.getHealth.path || routeOptions.url === ROUTES.getReadiness.path;
}

function limiter(app: FastifyInstance): (request: FastifyRequest) => Promise<void> {
  const check = app.createRateLimit();
  return async (request) => {
    const limit = await check(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    const detail = `${limit.max} requests a minute are allowed`;
    throw new RequestRefused({ code: 'TOO_MANY_REQUESTS', detail }, { 'retry-after': String(limit.ttlInSeconds) });
  };
}

/** A header that stands more than once is a list: none of it can be chosen. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
