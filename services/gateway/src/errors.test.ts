import { refusal } from '@vfleet/contracts/refusals';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { refusalsOf } from './testing/refusal-of.ts';

const VFS_CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
const XML = { 'content-type': 'application/xml' };
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
const refused = refusalsOf(() => tested);
beforeAll(async () => {
  tested = await gatewayUnderTest();
  call = tested.call;
});
afterEach(() => {
  tested.inventory.refusals = [];
});
afterAll(() => tested.close());

describe('broken rules are told, all of them, under the status of the table', () => {
  it('with code, detail and remedy of each', async () => {
    tested.inventory.refusals = [
      refusal('ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED', 'enp5s0f0v1 is open through vfio.'),
      refusal('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE', 'enp5s0f0 can have 0 - 7.'),
    ];
    const { status, problem } = await refused('PUT', VFS_CONFIG, { body: { num_of_vfs: 9 } });
    expect(status).toBe(400);
    expect(problem.type).toBe('urn:vfleet:problem:ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE');
    expect(problem.refusals).toEqual(tested.inventory.refusals);
    expect(problem.detail).toBe('enp5s0f0v1 is open through vfio. enp5s0f0 can have 0 - 7.');
  });

  it.each([
    ['HOST_NOT_EXIST', 404],
    ['PF_STUCK', 409],
    ['PRECONDITION_FAILED', 412],
    ['HOST_UNREACHABLE', 503],
    ['TOO_MUCH_CONTENTION', 503],
  ] as const)('%s is %i', async (code, status) => {
    tested.inventory.refusals = [refusal(code, 'so it is')];
    const told = await refused('PUT', VFS_CONFIG, { body: { num_of_vfs: 4 } });
    expect(told).toMatchObject({ status, code });
    expect(told.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
  });

  it('in XML to a caller that reads no JSON', async () => {
    const { status, headers, text } = await call('GET', '/api/hosts/zulu', { headers: { accept: 'application/xml' } });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+xml; charset=utf-8');
    expect(text).toContain('<problem xmlns="urn:ietf:rfc:7807"><type>urn:vfleet:problem:HOST_NOT_EXIST</type>');
    expect(text).toContain('<refusals><refusal><code>HOST_NOT_EXIST</code><detail>There is no host zulu.</detail>');
  });
});

describe('an unknown entity is 404', () => {
  it.each([
    ['/api/hosts/zulu', 'HOST_NOT_EXIST'],
    ['/api/hosts/zulu/nics', 'HOST_NOT_EXIST'],
    ['/api/hosts/alpha/nics/eth9', 'HOST_NETWORK_INTERFACE_NOT_EXIST'],
    ['/api/nothing', 'NO_SUCH_PATH'],
    ['/api/hosts/alpha/nothing', 'NO_SUCH_PATH'],
    ['/nothing', 'NO_SUCH_PATH'],
  ])('%s is %s', async (path, code) => {
    expect(await refused('GET', path)).toMatchObject({ status: 404, code });
  });
});

describe('what a resource cannot do', () => {
  it.each([
    ['DELETE', '/api/hosts', 'GET, HEAD, POST'],
    ['PATCH', VFS_CONFIG, 'DELETE, GET, HEAD, PUT'],
    ['GET', '/api/hosts/alpha/refresh', 'POST'],
    ['POST', '/api/events', 'GET'],
    ['POST', '/health', 'GET, HEAD'],
    ['OPTIONS', '/api', 'GET, HEAD'],
  ])('%s %s is 405 and names what it can', async (method, path, allow) => {
    const { status, headers } = await refused(method, path);
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow });
  });

  it.each([
    ['/api/hosts', 'image/png'],
    ['/api/hosts', 'application/json;q=0'],
    ['/api/events', 'application/json'],
    ['/api/openapi.json', 'application/xml'],
  ])('%s as %s is 406', async (path, accept) => {
    const { status, headers } = await call('GET', path, { headers: { accept } });
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 406,
      type: expect.stringContaining('application/problem+'),
    });
  });

  it('and a change is not carried out whose answer nobody could read', async () => {
    expect(
      await refused('POST', '/api/hosts', { body: { name: 'golf' }, headers: { accept: 'image/png' } }),
    ).toMatchObject({ status: 406 });
  });

  it('If-Match is refused where it is not honoured, and 412 where it can never match', async () => {
    expect(await refused('DELETE', VFS_CONFIG, { headers: { 'if-match': '"1"' } })).toMatchObject({
      code: 'PRECONDITION_NOT_SUPPORTED',
    });
    expect(await refused('PUT', VFS_CONFIG, { body: {}, headers: { 'if-match': 'W/"1"' } })).toMatchObject({
      status: 412,
    });
  });
});

describe('a login is needed', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    '/api',
    '/api/hosts',
    '/api/nothing',
    '/api/events',
    '/api/openapi.json',
    '/docs',
    '/docs/json',
    '/docs/static/index.html',
    '/metrics',
  ])('for %s: 401 and how to', async (path) => {
    const { status, headers, code } = await refused('GET', path, { login: null });
    expect({ status, code }).toEqual({ status: 401, code: 'LOGIN_REQUIRED' });
    expect(headers.get('www-authenticate')).toBe('Basic realm="VFleet", charset="UTF-8"');
  });

  it.each(['/health', '/ready'])('not for %s', async (path) => {
    expect((await call('GET', path, { login: null })).status).toBe(200);
  });

  it.each([
    ['another scheme', 'Bearer abc'],
    ['no base64', 'Basic ???'],
    ['no colon', basic('admin@internal')],
    ['a wrong password', basic('admin@internal:wrong')],
    ['a wrong user', basic('root:correct horse')],
  ])('with %s it is 401', async (_, login) => {
    const answer = await tested.passTimeUntil(refused('GET', '/api', { login }));
    expect(answer.status).toBe(401);
  });

  it('before anything else is looked at', async () => {
    const told = await refused('PUT', '/api/hosts/zulu', { raw: '<nonsense', login: null, headers: XML });
    expect(told.status).toBe(401);
  });
});

describe('when inventory does not answer', () => {
  let alone: GatewayUnderTest;
  beforeAll(async () => {
    alone = await gatewayUnderTest({ askTimeoutMs: 2000 });
    await alone.call('GET', '/api');
    await alone.inventory.away();
  });
  afterAll(() => alone.close());

  it('a read is 503 and can be tried again', async () => {
    const { status, headers, json } = await alone.passTimeUntil(alone.call('GET', '/api/hosts'));
    expect({ status, retry: headers.get('retry-after') }).toEqual({ status: 503, retry: '5' });
    expect(Problem.parse(json()).code).toBe('SERVICE_UNAVAILABLE');
  });

  it('a change is 503, names its command, and repeated with that key is carried out once', async () => {
    const first = await alone.passTimeUntil(alone.call('POST', '/api/hosts', { body: { name: 'golf' } }));
    const key = first.headers.get('idempotency-key') ?? '';
    expect(first.status).toBe(503);
    expect(Problem.parse(first.json())).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      detail: expect.stringContaining(key),
    });
    await alone.inventory.serve();
    await alone.broker.idle();
    const second = await alone.call('POST', '/api/hosts', {
      body: { name: 'golf', id: 'golf-1' },
      headers: { 'idempotency-key': key },
    });
    expect(second.status).toBe(201);
    expect(alone.inventory.commands.map(({ id }) => id)).toEqual([key]);
  });
});

describe('too many requests', () => {
  it('are 429, but for the probes', async () => {
    const limited = await gatewayUnderTest({ requestsPerMinute: 3 });
    const statuses = [];
    for (let request = 0; request < 4; request++) statuses.push(await limited.call('GET', '/api'));
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(Number(statuses[3]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Problem.parse(statuses[3]?.json()).code).toBe('TOO_MANY_REQUESTS');
    expect((await limited.call('GET', '/nothing')).status).toBe(429);
    expect((await limited.call('GET', '/health', { login: null })).status).toBe(200);
    await limited.close();
  });
});
