import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GetHost, UpdateHost } from './inventory.ts';
import { LIVE_EVENTS } from './rest/live-events.ts';
import { PRODUCT } from './rest/product.ts';
import { askRoute, nothing } from './rest/route.ts';
import { shapeOf } from './rest/shape.ts';
import { withVmRuntime } from './rest/vm-runtime.ts';
import { itemNameOf } from './rest/xml-names.ts';
import { ROUTES } from './rest.ts';

const rows = Object.entries(ROUTES);

describe('the route table', () => {
  it('has every path of the design for hosts, nics, devices, VFs configurations, networks, profiles and VMs', () => {
    expect(rows.map(([, { method, path }]) => `${method} ${path}`).sort()).toEqual(
      [
        'GET /api',
        'GET /api/hosts',
        'POST /api/hosts',
        'GET /api/hosts/{host}',
        'PUT /api/hosts/{host}',
        'DELETE /api/hosts/{host}',
        ...['refresh', 'enrolment', 'maintenance', 'activate', 'confirm-powered-off'].map(
          (verb) => `POST /api/hosts/{host}/${verb}`,
        ),
        'GET /api/hosts/{host}/nics',
        'GET /api/hosts/{host}/nics/{nic}',
        'GET /api/hosts/{host}/devices',
        'GET /api/hosts/{host}/nics/{nic}/{vfsConfig}',
        'PUT /api/hosts/{host}/nics/{nic}/{vfsConfig}',
        'DELETE /api/hosts/{host}/nics/{nic}/{vfsConfig}',
        ...['plan', 'repair', 'adopt', 'acknowledge'].map(
          (verb) => `POST /api/hosts/{host}/nics/{nic}/{vfsConfig}/${verb}`,
        ),
        'GET /api/hosts/{host}/nics/{nic}/networks',
        'POST /api/hosts/{host}/nics/{nic}/networks',
        'DELETE /api/hosts/{host}/nics/{nic}/networks/{network}',
        'GET /api/hosts/{host}/nics/{nic}/labels',
        'POST /api/hosts/{host}/nics/{nic}/labels',
        'DELETE /api/hosts/{host}/nics/{nic}/labels/{label}',
        'GET /api/hosts/{host}/nics/{nic}/{vfsConfig}/networks',
        'POST /api/hosts/{host}/nics/{nic}/{vfsConfig}/networks',
        'DELETE /api/hosts/{host}/nics/{nic}/{vfsConfig}/networks/{network}',
        'GET /api/hosts/{host}/nics/{nic}/{vfsConfig}/labels',
        'POST /api/hosts/{host}/nics/{nic}/{vfsConfig}/labels',
        'DELETE /api/hosts/{host}/nics/{nic}/{vfsConfig}/labels/{label}',
        ...crud('/api/clusters', 'cluster'),
        ...crud('/api/networks', 'network'),
        ...crud('/api/qos', 'qos'),
        ...crud('/api/vnicprofiles', 'vnicProfile'),
        ...crud('/api/vms', 'vm'),
        ...crud('/api/vms/{vm}/nics', 'nic'),
        ...['start', 'stop', 'migrate', 'schedule'].map((verb) => `POST /api/vms/{vm}/${verb}`),
        ...['activate', 'deactivate', 'upgrade'].map((verb) => `POST /api/vms/{vm}/nics/{nic}/${verb}`),
        'GET /api/operations/{operation}',
        'GET /api/audit',
        'GET /api/events',
        'GET /api/openapi.json',
        'GET /docs',
        'GET /health',
        'GET /ready',
        'GET /metrics',
      ].sort(),
    );
  });

  it('names its fields in snake_case, and its lists in the plural', () => {
    for (const [name, { answer }] of rows) {
      if (answer.kind !== 'resource' && answer.kind !== 'page') continue;
      for (const { field, list } of fieldsOf(shapeOf(answer.schema))) {
        expect(field, name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
        if (list) expect(() => itemNameOf(field), name).not.toThrow();
      }
    }
  });

  it('has shapes for all that is taken', () => {
    for (const [, route] of rows) {
      if (route.kind === 'ask') expect(shapeOf(route.body).kind).toBe('object');
    }
  });

  it('follows only events whose contract names the gateway', () => {
    for (const { contract } of LIVE_EVENTS) expect(contract.followers).toContain('gateway');
  });

  it("tells package.json's version", () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(PRODUCT.version).toBe(version);
  });
});

describe('a route that is wrong is refused when it is declared', () => {
  const read = {
    method: 'GET',
    path: '/api/hosts/{host}',
    tag: 'hosts',
    summary: '',
    params: z.object({ host: z.string() }),
    contract: GetHost,
    toRequest: ({ params }: { params: { host: string } }) => params,
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
  } as const;

  it('when a parameter is not in the path', () => {
    expect(() => askRoute({ ...read, path: '/api/hosts' })).toThrow('path and parameters differ');
  });

  it('when a GET would change something', () => {
    expect(() => askRoute({ ...read, contract: UpdateHost })).toThrow('a GET only reads');
  });

  it('when a query is neither a GET nor a dry run', () => {
    expect(() => askRoute({ ...read, method: 'PUT' })).toThrow('a query is a GET or a dry run');
  });

  it('when a change could be made that cannot be shown', () => {
    const change = { ...read, method: 'PUT', contract: UpdateHost, alongside: withVmRuntime } as const;
    expect(() => askRoute(change)).toThrow('asked for before it is made');
  });

  it('when a dry run would change something, or is no POST', () => {
    const dryRun = { ...read, dryRun: true } as const;
    expect(() => askRoute({ ...dryRun, method: 'POST', contract: UpdateHost })).toThrow('a POST that only reads');
    expect(() => askRoute(dryRun)).toThrow('a POST that only reads');
    expect(askRoute({ ...dryRun, method: 'POST' })).toMatchObject({ dryRun: true });
  });
});

describe('the name of an item', () => {
  it.each([
    ['networks', 'network'],
    ['addresses', 'address'],
    ['policies', 'policy'],
    ['nics', 'nic'],
    ['patches', 'patch'],
  ])('of %s is %s', (list, item) => expect(itemNameOf(list)).toBe(item));

  it('is not made of a singular', () => expect(() => itemNameOf('network')).toThrow('a plural'));
});

function crud(path: string, parameter: string): string[] {
  const one = `${path}/{${parameter}}`;
  return [`GET ${path}`, `POST ${path}`, `GET ${one}`, `PUT ${one}`, `DELETE ${one}`];
}

function fieldsOf(shape: ReturnType<typeof shapeOf>): { field: string; list: boolean }[] {
  if (shape.kind === 'list') return fieldsOf(shape.of);
  if (shape.kind !== 'object') return [];
  return Object.entries(shape.fields).flatMap(([field, inner]) => [
    { field, list: inner.kind === 'list' },
    ...fieldsOf(inner),
  ]);
}
