import { z } from 'zod';
import { localRoute, resource } from './route.ts';

/** Name and version as `GET /api`, OpenAPI and the command line tell them; the version is package.json's. */
export const PRODUCT = { name: 'VFleet', version: '0.1.0' } as const;

const Link = z.object({ rel: z.string(), href: z.string() });

/** What `GET /api` tells: where everything else is. */
export const Product = z.object({ name: z.string(), version: z.string(), links: z.array(Link) });
export type Product = z.infer<typeof Product>;

/** Whether the gateway can do its work now, and in words what keeps it from it. */
export const Readiness = z.object({ ready: z.boolean(), problems: z.array(z.string()) });
export type Readiness = z.infer<typeof Readiness>;

const Health = z.object({ alive: z.literal(true) });

const text = z.string();

export const productRoutes = {
  getProduct: localRoute({
    method: 'GET',
    path: '/api',
    tag: 'product',
    summary: 'Show product, version and links',
    login: true,
    answer: resource('Product', 'api', Product),
  }),
  getOpenapi: localRoute({
    method: 'GET',
    path: '/api/openapi.json',
    tag: 'product',
    summary: 'Describe this API as OpenAPI 3.1',
    login: true,
    answer: { kind: 'media', mediaType: 'application/json', schema: z.unknown() },
  }),
  followEvents: localRoute({
    method: 'GET',
    path: '/api/events',
    tag: 'events',
    summary: 'Follow every change as server-sent events',
    description:
      'Sent again with `Last-Event-ID` it goes on where it ended, within 24 hours. An event may come twice and late: `version` says which one of an entity is newest. `gateway.resync` says that events may be missing: read again what you show.',
    login: true,
    answer: { kind: 'media', mediaType: 'text/event-stream', schema: text },
  }),
  showDocs: localRoute({
    method: 'GET',
    path: '/docs',
    tag: 'product',
    summary: 'Browse this API',
    login: true,
    answer: { kind: 'media', mediaType: 'text/html', schema: text },
  }),
  getHealth: localRoute({
    method: 'GET',
    path: '/health',
    tag: 'operation',
    summary: 'Tell that the process is alive',
    login: false,
    answer: { kind: 'media', mediaType: 'application/json', schema: Health },
  }),
  getReadiness: localRoute({
    method: 'GET',
    path: '/ready',
    tag: 'operation',
    summary: 'Tell whether the gateway can do its work now',
    login: false,
    answer: { kind: 'media', mediaType: 'application/json', schema: Readiness },
    alsoAnswers: { 503: 'Something is missing; `problems` names it.' },
  }),
  getMetrics: localRoute({
    method: 'GET',
    path: '/metrics',
    tag: 'operation',
    summary: 'Give figures in the text format of Prometheus',
    login: true,
    answer: { kind: 'media', mediaType: 'text/plain', schema: text },
  }),
};
