import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Problem } from '@vfleet/contracts/vocabulary/problem';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiProblem, ApiUnreachable } from './api-problem.ts';
import { type Client, createClient } from './client.ts';
import { HOST, VFS_CONFIG } from './testing/fleet.ts';

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string };
type Answers = (seen: Seen, response: ServerResponse) => void;

const OUTCOME_UNKNOWN: Problem = {
  type: 'urn:vfleet:problem:OUTCOME_UNKNOWN',
  title: 'There was no answer in time',
  status: 503,
  code: 'OUTCOME_UNKNOWN',
  detail: 'inventory did not answer command k1.',
  refusals: [],
  correlation_id: 'r1',
};

let seen: Seen[];
let slept: number[];
let answers: Answers[];
let client: Client;
let url: string;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    seen.push(entry);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(entry, response);
  });
});
const json =
  (status: number, value: unknown, headers: Record<string, string> = {}): Answers =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };
const broken: Answers = (_, response) => void response.destroy();

beforeEach(async () => {
  seen = [];
  slept = [];
  answers = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createClient({
    url: `${url}/`,
    username: 'admin@internal',
    password: 'pässword',
    sleep: async (ms) => void slept.push(ms),
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a call', () => {
  it('is what the route table says, with the login', async () => {
    answers = [json(200, { items: [HOST], next: null })];
    const { resource } = await client.listHosts({ limit: 5 });
    expect(resource.items[0]?.name).toBe('alpha');
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/api/hosts?limit=5', body: '' });
    expect(Buffer.from(seen[0]?.headers.authorization?.slice(6) ?? '', 'base64').toString()).toBe(
      'admin@internal:pässword',
    );
  });

  it('carries names in its path, and gives the ETag', async () => {
    answers = [json(200, HOST, { etag: '"3"' })];
    expect(await client.getHost({ host: 'rack 1/ü' })).toEqual({ status: 200, resource: HOST, etag: '"3"' });
    expect(seen[0]?.url).toBe('/api/hosts/rack%201%2F%C3%BC');
    await expect(client.getHost({ host: '..' })).rejects.toThrow('use the id');
  });

  it('sends a body, what If-Match must name, and a key of its own', async () => {
    answers = [json(200, HOST)];
    await client.updateHost({ host: 'h1', body: { name: 'bravo' } }, { ifMatch: '"3"' });
    await client.updateHost({ host: 'h1', body: { name: 'bravo' } });
    expect(seen[0]).toMatchObject({
      method: 'PUT',
      body: '{"name":"bravo"}',
      headers: { 'if-match': '"3"', 'content-type': 'application/json' },
    });
    expect(seen[0]?.headers['idempotency-key']).not.toBe(seen[1]?.headers['idempotency-key']);
  });

  it('gives nothing for 204', async () => {
    answers = [(_, response) => void response.writeHead(204).end()];
    expect(await client.removeHost({ host: 'h1' })).toMatchObject({ status: 204, resource: undefined });
  });

  it('throws the problem it is refused with', async () => {
    answers = [json(404, { ...OUTCOME_UNKNOWN, status: 404, code: 'HOST_NOT_EXIST' })];
    const refused = client.getHost({ host: 'zulu' });
    await expect(refused).rejects.toBeInstanceOf(ApiProblem);
    await expect(refused).rejects.toMatchObject({ problem: { code: 'HOST_NOT_EXIST', correlation_id: 'r1' } });
    expect(slept).toEqual([]);
  });

  it('does not take what somebody else answers', async () => {
    answers = [(_, response) => void response.writeHead(502).end('<html>Bad Gateway</html>')];
    await expect(client.getHost({ host: 'h1' })).rejects.toThrow('is it the right address?');
    answers = [json(200, { hello: 'world' })];
    await expect(client.getHost({ host: 'h1' })).rejects.toThrow('of one version');
  });

  it('bears with fields it does not know', async () => {
    answers = [json(200, { ...HOST, colour: 'red' })];
    expect((await client.getHost({ host: 'h1' })).resource).toEqual(HOST);
  });

  it('reads why the API is not ready, though that is 503', async () => {
    answers = [json(503, { ready: false, problems: ['inventory does not answer'] })];
    expect(await client.getReadiness()).toEqual({ ready: false, problems: ['inventory does not answer'] });
  });
});

describe('a call that gets no answer is sent again', () => {
  it('with the same key, as long as the API says', async () => {
    const added = { ...HOST, enrolment: null, enrolment_problem: null };
    answers = [json(503, OUTCOME_UNKNOWN, { 'retry-after': '5' }), broken, json(201, added)];
    expect((await client.addHost({ body: { name: 'alpha' } })).status).toBe(201);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(seen).toHaveLength(3);
    expect(slept).toEqual([5000, 1000]);
  });

  it('four times in all', async () => {
    answers = [broken];
    await expect(client.getHost({ host: 'h1' })).rejects.toBeInstanceOf(ApiUnreachable);
    expect(seen).toHaveLength(4);
  });

  it('and says that nothing listens', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(client.listHosts({})).rejects.toThrow(/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});

describe('a change that is waited for', () => {
  const update = (waitSeconds?: number) =>
    client.updateVfsConfig({ host: 'h1', nic: 'n1', vfsConfig: 'vfsConfig', body: { num_of_vfs: 4 } }, { waitSeconds });

  it('leaves the wait to the API unless told', async () => {
    answers = [json(200, VFS_CONFIG)];
    await update();
    expect(seen[0]?.headers.prefer).toBeUndefined();
    await update(0);
    expect(seen[1]?.headers.prefer).toBe('wait=0');
  });

  it('for long waits in pieces under one key', async () => {
    answers = [json(202, VFS_CONFIG), json(202, VFS_CONFIG), json(200, VFS_CONFIG)];
    expect((await update(600)).status).toBe(200);
    expect(seen.map(({ headers }) => headers.prefer)).toEqual(['wait=240', 'wait=240', 'wait=120']);
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('ends with 202 when its time is over', async () => {
    answers = [json(202, VFS_CONFIG)];
    expect(await update(30)).toMatchObject({ status: 202, resource: { state: 'changing' } });
    expect(seen).toHaveLength(1);
  });
});

describe('events', () => {
  const event = (id: string) => {
    const data = {
      id,
      event: 'inventory.host-changed',
      at: '2026-01-01T00:00:00.000Z',
      version: 1,
      correlation_id: 'r1',
      actor: { kind: 'agent', name: 'h1' },
      data: {},
    };
    return `id: ${id}\nevent: ${data.event}\ndata: ${JSON.stringify(data)}\n\n`;
  };
  const stream =
    (...lines: string[]): Answers =>
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const line of lines) response.write(line);
      setImmediate(() => response.destroy());
    };

  it('come one by one, and after a break from the last one on', async () => {
    answers = [stream('retry: 70\n\n', event('e1'), ': alive\n\n', event('e2')), broken, stream(event('e3'))];
    const stop = new AbortController();
    const ids = [];
    for await (const { id } of client.followEvents({ lastEventId: 'e0', signal: stop.signal })) {
      ids.push(id);
      if (id === 'e3') stop.abort();
    }
    expect(ids).toEqual(['e1', 'e2', 'e3']);
    expect(seen.map(({ headers }) => headers['last-event-id'])).toEqual(['e0', 'e2', 'e2']);
    expect(slept).toEqual([70, 70]);
  });

  it('end with the problem when they are refused', async () => {
    answers = [json(401, { ...OUTCOME_UNKNOWN, status: 401, code: 'LOGIN_REQUIRED' })];
    await expect(client.followEvents().next()).rejects.toMatchObject({ problem: { code: 'LOGIN_REQUIRED' } });
  });
});
