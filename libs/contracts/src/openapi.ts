import { operationOf } from './openapi/operation.ts';
import { componentSchemas } from './openapi/schemas.ts';
import { PRODUCT } from './rest/product.ts';
import type { Route } from './rest/route.ts';
import { ROUTES } from './rest.ts';

const TEXT = { type: 'string' };

const PARAMETERS = {
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Made by the caller, new for every change: a request sent again with it is carried out once and gets the first answer.',
    schema: { ...TEXT, minLength: 1, maxLength: 200 },
  },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag of a GET: the change is refused with 412 when the resource has changed since.',
    schema: TEXT,
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description:
      '`wait=N` waits for the outcome at most N seconds, 60 when absent, up to 600; `wait=0` answers 202 at once.',
    schema: TEXT,
    example: 'wait=60',
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last event that was seen.',
    schema: TEXT,
  },
};

const HEADERS = {
  'X-Correlation-Id': { description: 'What the logs name this request by; a caller may choose it.', schema: TEXT },
  'Retry-After': { description: 'Seconds to wait before trying again.', schema: { type: 'integer' } },
  'Preference-Applied': { description: 'The wait that was honoured.', schema: TEXT },
  ETag: { description: 'The version, for If-Match.', schema: TEXT },
  Link: { description: 'The next page, with rel="next".', schema: TEXT },
  Location: { description: 'Where the resource is.', schema: TEXT },
};

/** The OpenAPI 3.1 document of the routes; generated/openapi.json is this one, committed. */
export function openapiDocument(routes: Readonly<Record<string, Route>> = ROUTES): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: `${PRODUCT.name} API`,
      version: PRODUCT.version,
      description:
        'Manages SR-IOV virtual functions over a fleet of KVM/libvirt hosts. Every resource is given and taken in JSON and in XML. Every error is a problem document (RFC 9457) that names all broken rules, each with its remedy.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ basic: [] }],
    tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map((name) => ({ name })),
    paths: pathsOf(routes),
    components: {
      schemas: componentSchemas(Object.values(routes)),
      parameters: PARAMETERS,
      headers: HEADERS,
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
    },
  };
}

function pathsOf(routes: Readonly<Record<string, Route>>): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(name, route);
    paths[route.path] = path;
  }
  return paths;
}
