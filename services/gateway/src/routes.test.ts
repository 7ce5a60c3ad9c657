import { ROUTES } from '@vfleet/contracts/rest';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const VFS_CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
beforeAll(async () => {
  tested = await gatewayUnderTest();
  call = tested.call;
});
afterAll(() => tested.close());

describe('a GET', () => {
  it.each([
    ['/api', ROUTES.getProduct, 'api'],
    ['/api/hosts', ROUTES.listHosts, 'hosts'],
    ['/api/hosts/', ROUTES.listHosts, 'hosts'],
    ['/api/hosts/alpha', ROUTES.getHost, 'host'],
    ['/api/hosts/h-alpha', ROUTES.getHost, 'host'],
    ['/api/hosts/alpha/nics', ROUTES.listNics, 'nics'],
    ['/api/hosts/alpha/nics/enp5s0f0', ROUTES.getNic, 'nic'],
    ['/api/hosts/alpha/devices', ROUTES.listDevices, 'devices'],
    [VFS_CONFIG, ROUTES.getVfsConfig, 'vfs_config'],
    ['/api/hosts/alpha/nics/enp5s0f0/c1', ROUTES.getVfsConfig, 'vfs_config'],
  ])('of %s answers in JSON and in XML', async (path, route, root) => {
    const json = await call('GET', path);
    expect(json.status).toBe(200);
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(route.answer.schema.safeParse(json.json()).error).toBeUndefined();
    const xml = await call('GET', path, { headers: { accept: 'application/xml' } });
    expect(xml.status).toBe(200);
    expect(xml.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect(xml.text).toMatch(new RegExp(`^<\\?xml version="1.0" encoding="UTF-8"\\?>\\n<${root}>.*</${root}>$`));
  });

  it('of a resource has the version as strong ETag', async () => {
    const { headers } = await call('GET', VFS_CONFIG);
    expect(headers.get('etag')).toMatch(/^"\d+"$/);
  });

  it('of a list gives it page by page', async () => {
    const first = await call('GET', '/api/hosts?limit=2');
    const page = first.json() as { items: { name: string }[]; next: string };
    expect(page.items.map(({ name }) => name)).toEqual(['alpha', 'bravo']);
    expect(first.headers.get('link')).toBe(`</api/hosts?limit=2&cursor=${page.next}>; rel="next"`);
    const last = await call('GET', `/api/hosts?limit=2&cursor=${page.next}`);
    expect(last.json()).toMatchObject({ items: [{ name: 'charlie' }], next: null });
    expect(last.headers.get('link')).toBeNull();
  });

  it('names the items of a list in XML', async () => {
    const { text } = await call('GET', '/api/hosts?limit=1', { headers: { accept: 'text/xml' } });
    expect(text).toMatch(/<hosts><host><id>h-alpha<\/id>.*<\/host><next>[\w-]+<\/next><\/hosts>$/);
  });

  it('has a HEAD', async () => {
    const { status, text, headers } = await call('HEAD', '/api/hosts/alpha');
    expect({ status, text, etag: headers.get('etag') }).toEqual({ status: 200, text: '', etag: expect.any(String) });
  });

  it('of /api names the product and leads on', async () => {
    expect((await call('GET', '/api')).json()).toEqual({
      name: 'VFleet',
      version: '0.1.0',
      links: [
        { rel: 'hosts', href: '/api/hosts' },
        { rel: 'clusters', href: '/api/clusters' },
        { rel: 'networks', href: '/api/networks' },
        { rel: 'qos', href: '/api/qos' },
        { rel: 'vnicprofiles', href: '/api/vnicprofiles' },
        { rel: 'vms', href: '/api/vms' },
        { rel: 'audit', href: '/api/audit' },
        { rel: 'events', href: '/api/events' },
        { rel: 'openapi', href: '/api/openapi.json' },
        { rel: 'docs', href: '/docs' },
      ],
    });
  });

  it('of the OpenAPI document gives it', async () => {
    expect((await call('GET', '/api/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('of /docs shows it, and loads nothing from elsewhere', async () => {
    const page = await call('GET', '/docs/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger-ui');
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/https:|upgrade-insecure-requests|swagger\.io/);
    expect((await call('GET', '/docs/static/swagger-initializer.js')).text).toContain('"validatorUrl":null');
    expect((await call('GET', '/docs/json')).json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('of /metrics tells what was asked and how it went', async () => {
    const { text } = await call('GET', '/metrics');
    const lines = text.split('\n');
    const figures = (...parts: string[]) => lines.filter((line) => parts.every((part) => line.includes(part)));
    expect(
      figures('http_request_duration_seconds_count', 'method="GET"', 'route="/api/hosts/:host"', 'status="200"'),
    ).toHaveLength(1);
    expect(figures('ask_duration_seconds_count', 'contract="inventory.get-host"', 'outcome="done"')).toHaveLength(1);
    expect(text).toContain('process_cpu_seconds_total');
  });
});

describe('a change', () => {
  it('adds a host: 201 and where it is', async () => {
    const added = await call('POST', '/api/hosts', { body: { name: 'delta' } });
    expect(added.status).toBe(201);
    const { id } = added.json() as { id: string };
    expect(added.headers.get('location')).toBe(`/api/hosts/${id}`);
    expect((await call('GET', `/api/hosts/${id}`)).json()).toMatchObject({ name: 'delta' });
  });

  it('takes the id that was chosen', async () => {
    expect((await call('POST', '/api/hosts', { body: { name: 'echo', id: 'h-echo' } })).json()).toMatchObject({
      id: 'h-echo',
    });
  });

  it('is carried out once for one Idempotency-Key, which makes the same entity', async () => {
    const before = tested.inventory.commands.length;
    const request = { body: { name: 'foxtrot' }, headers: { 'idempotency-key': 'add-foxtrot' } };
    const [first, second] = [await call('POST', '/api/hosts', request), await call('POST', '/api/hosts', request)];
    expect(second.json()).toEqual(first.json());
    expect(tested.inventory.commands.slice(before).map(({ id }) => id)).toEqual(['add-foxtrot']);
  });

  it('renames a host, in JSON or in XML', async () => {
    expect((await call('PUT', '/api/hosts/echo', { body: { name: 'echo-2' } })).json()).toMatchObject({
      name: 'echo-2',
    });
    const xml = {
      raw: '<host><name>echo-3</name></host>',
      headers: { 'content-type': 'application/xml', accept: 'application/xml' },
    };
    expect((await call('PUT', '/api/hosts/echo-2', xml)).text).toContain('<name>echo-3</name>');
  });

  it('sends what If-Match names along', async () => {
    await call('PUT', '/api/hosts/echo-3', { body: {}, headers: { 'if-match': '"7"' } });
    expect(tested.inventory.commands.at(-1)).toMatchObject({
      name: 'inventory.update-host',
      payload: { ifVersion: 7 },
    });
    await call('DELETE', '/api/hosts/echo-3', { headers: { 'if-match': '"8"' } });
    expect(tested.inventory.commands.at(-1)).toMatchObject({
      name: 'inventory.remove-host',
      payload: { ifVersion: 8 },
    });
  });

  it('removes with 204 and nothing else', async () => {
    const { status, text } = await call('DELETE', '/api/hosts/bravo');
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect((await call('DELETE', VFS_CONFIG)).status).toBe(204);
  });

  it('asks a host for a report, with an empty body or none', async () => {
    expect((await call('POST', '/api/hosts/alpha/refresh')).status).toBe(200);
    expect((await call('POST', '/api/hosts/alpha/refresh', { body: {} })).status).toBe(200);
  });

  it.each(['application/json', 'application/xml'])(
    'takes back a VFs configuration as it was read in %s',
    async (mediaType) => {
      const read = await call('GET', VFS_CONFIG, { headers: { accept: mediaType } });
      const put = await call('PUT', VFS_CONFIG, {
        raw: read.text,
        headers: { accept: mediaType, 'content-type': mediaType },
      });
      expect(put.status).toBe(200);
      expect(put.text).toBe(read.text);
      const { num_of_vfs, mtu, all_networks_allowed } = tested.inventory.config;
      expect(tested.inventory.commands.at(-1)?.payload).toEqual({
        host: 'alpha',
        nic: 'enp5s0f0',
        vfsConfig: 'vfsConfig',
        numOfVfs: num_of_vfs,
        mtu,
        allNetworksAllowed: all_networks_allowed,
      });
    },
  );

  it('of all networks alone needs no wait', async () => {
    const put = await call('PUT', VFS_CONFIG, { body: { all_networks_allowed: true } });
    expect(put.status).toBe(200);
    expect(VfsConfig.parse(put.json()).all_networks_allowed).toBe(true);
  });
});

describe('every request', () => {
  it("has a correlation id, the caller's if it chose one, that goes along with its commands", async () => {
    const chosen = await call('POST', '/api/hosts/alpha/refresh', { headers: { 'x-correlation-id': 'ticket-42' } });
    expect(chosen.headers.get('x-correlation-id')).toBe('ticket-42');
    expect(tested.inventory.heard.at(-1)).toMatchObject({
      correlationId: 'ticket-42',
      actor: { kind: 'user', name: 'admin@internal' },
    });
    const made = await call('GET', '/api/nothing', { headers: { 'x-correlation-id': 'two words' } });
    expect(made.headers.get('x-correlation-id')).toMatch(/^id-/);
    expect(Problem.parse(made.json()).correlation_id).toBe(made.headers.get('x-correlation-id'));
  });

  it('passes its traceparent on', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await call('POST', '/api/hosts/alpha/refresh', { headers: { traceparent } });
    expect(tested.inventory.heard.at(-1)).toMatchObject({ traceparent });
  });

  it('is answered with headers that protect a browser, and is kept by no cache', async () => {
    const { headers } = await call('GET', '/api');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
