import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { topologyOf } from '@vfleet/contracts/topology';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerUsersUnavailable } from '../broker-users.ts';
import { rabbitmqUsers } from './rabbitmq-users.ts';

type Asked = { method: string; path: string; body: Record<string, string> | undefined; authorization: string };

let server: Server;
let asked: Asked[];
/** What the API answers, one after the other; the last stays. */
let answers: { status: number; body?: unknown }[];

beforeEach(async () => {
  [asked, answers] = [[], [{ status: 204 }]];
  server = createServer(async (request: IncomingMessage, response) => {
    const body = await text(request);
    const { method = '', url: path = '', headers } = request;
    asked.push({
      ...{ method, path, authorization: headers.authorization ?? '' },
      body: body ? JSON.parse(body) : undefined,
    });
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500 };
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const slept: number[] = [];
const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) };

function users(
  {
    amqpUrl = 'amqp://vfleet:amqp-secret@broker:5672/my%2Fhost?heartbeat=5',
    agentUrl,
  }: { amqpUrl?: string; agentUrl?: string } = {},
  credentials = 'ad%40min:api%2Fsecret@',
) {
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://${credentials}127.0.0.1:${port}/rabbit/`;
  return rabbitmqUsers({ amqpUrl, agentUrl, apiUrl, topology: topologyOf(ALL_CONTRACTS), clock });
}

describe('the users of agents', () => {
  it('get their keys before their rights, and lose what was connected before', async () => {
    const credentials = await users().enrol('h-1');
    expect(credentials).toMatchObject({
      host_id: 'h-1',
      broker_url: 'amqp://broker:5672/my%2Fhost',
      username: 'vfleet-host-h-1',
    });
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /rabbit/api/users/vfleet-host-h-1',
      'PUT /rabbit/api/user-limits/vfleet-host-h-1/max-connections',
      'PUT /rabbit/api/user-limits/vfleet-host-h-1/max-channels',
      'PUT /rabbit/api/topic-permissions/my%2Fhost/vfleet-host-h-1',
      'PUT /rabbit/api/topic-permissions/my%2Fhost/vfleet-host-h-1',
      'PUT /rabbit/api/permissions/my%2Fhost/vfleet-host-h-1',
      'DELETE /rabbit/api/connections/username/vfleet-host-h-1',
    ]);
    expect(asked.slice(3, 5).map(({ body }) => body?.exchange)).toEqual(['vfleet.events', 'vfleet.hosts']);
    expect(asked[0]?.authorization).toBe(`Basic ${btoa('ad@min:api/secret')}`);
  });

  it('are told to the broker with a salted hash of the password alone', async () => {
    const { password } = await users().enrol('h1');
    expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
    const { password_hash = '' } = asked[0]?.body ?? {};
    const bytes = Buffer.from(password_hash, 'base64');
    const digest = createHash('sha256').update(bytes.subarray(0, 4)).update(password).digest();
    expect(bytes.subarray(4)).toEqual(digest);
    expect(JSON.stringify(asked)).not.toContain(password);
  });

  it('get another password every time', async () => {
    const [one, other] = [await users().enrol('h1'), await users().enrol('h1')];
    expect(one.password).not.toBe(other.password);
  });

  it('reach the broker where agents do, and the virtual host of the services', async () => {
    const made = await users({ amqpUrl: 'amqp://u:p@inside', agentUrl: 'amqps://x:y@outside:5671' }).enrol('h1');
    expect(made.broker_url).toBe('amqps://outside:5671');
    expect(asked[3]?.path).toContain('/topic-permissions/%2F/');
  });

  it("are made with the services' credentials when the API's URL has none", async () => {
    await users({}, '').enrol('h1');
    expect(asked[0]?.authorization).toBe(`Basic ${btoa('vfleet:amqp-secret')}`);
  });

  it('get other rights without another password, and keep what is connected', async () => {
    expect(await users().grant('h1')).toBe('granted');
    expect(asked.map(({ path }) => path).filter((path) => /api\/(users|connections)/.test(path))).toEqual([]);
    expect(asked).toHaveLength(5);
  });

  it.each([
    { status: 404 },
    { status: 400, body: { error: 'bad_request', reason: ['no_such_user', 'vfleet-host-h1'] } },
    { status: 400, body: { error: 'bad_request', reason: 'vhost_or_user_not_found' } },
  ])('get none when they are not there: %j', async (answer) => {
    answers = [answer];
    expect(await users().grant('h1')).toBe('no-user');
    expect(asked).toHaveLength(1);
  });

  it('tell their rights from those of another virtual host, and of no other host', () => {
    const rights = (path: string) => users({ amqpUrl: `amqp://u:p@broker${path}` }).rights;
    expect(rights('/a')).toBe(rights('/a'));
    expect(rights('/a')).not.toBe(rights('/b'));
  });

  it('are removed, also when they are not there', async () => {
    answers = [{ status: 404, body: { error: 'Object Not Found', reason: 'Not Found' } }];
    await users().remove('h1');
    expect(asked).toMatchObject([{ method: 'DELETE', path: '/rabbit/api/users/vfleet-host-h1' }]);
  });
});

describe('an API that is not well', () => {
  it('is asked again, a little later each time', async () => {
    slept.length = 0;
    answers = [{ status: 503 }, { status: 429 }, { status: 201 }];
    await users().enrol('h1');
    expect(slept).toEqual([250, 500]);
  });

  it.each([
    [{ status: 500 }, 3, /answers 500/],
    [{ status: 401 }, 1, /refuses the user ad@min: .*"administrator"/],
    [{ status: 404 }, 1, /knows no virtual host my\/host/],
    [{ status: 400, body: { error: 'bad_request', reason: 'vhost_not_found' } }, 1, /400: vhost_not_found/],
  ])('is told of in words, without a secret: %j', async (answer, times, words) => {
    answers = [answer];
    const refused = await users()
      .enrol('h1')
      .catch((problem: Error) => problem);
    expect(refused).toBeInstanceOf(BrokerUsersUnavailable);
    expect(String(refused)).toMatch(words);
    expect(String(refused)).not.toMatch(/secret/);
    expect(asked).toHaveLength(times);
  });

  it('is not listened to for ever', async () => {
    const endless = createServer((_request, response) => {
      response.writeHead(400);
      const write = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', write);
      };
      write();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as AddressInfo;
    const apiUrl = `http://u:p@127.0.0.1:${port}`;
    const away = rabbitmqUsers({ amqpUrl: 'amqp://b', apiUrl, topology: topologyOf(ALL_CONTRACTS), clock });
    await expect(away.remove('h1')).rejects.toThrow(/answers 400$/);
    await new Promise((resolve) => {
      endless.close(resolve);
      endless.closeAllConnections();
    });
  });

  it('that is not there is told of', async () => {
    const away = users();
    await new Promise((resolve) => server.close(resolve));
    await expect(away.remove('h1')).rejects.toThrow(/does not answer \(ECONNREFUSED\)/);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
});
