import { connect } from 'node:net';
import { refusal } from '@vfleet/contracts/refusals';
import { Problem } from '@vfleet/contracts/vocabulary/problem';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const VFS_CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
const XML = { 'content-type': 'application/xml' };
let tested: GatewayUnderTest;
let call: GatewayUnderTest['call'];
beforeAll(async () => {
  tested = await gatewayUnderTest();
  call = tested.call;
});
afterEach(() => {
  tested.inventory.refusals = [];
});
afterAll(() => tested.close());

type Request = Parameters<GatewayUnderTest['call']>[2];

/** Sends a request that must be refused, and sees to it that it has changed nothing. */
async function refused(method: string, path: string, request?: Request) {
  const before = tested.inventory.commands.length;
  const { status, headers, text } = await call(method, path, request);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = Problem.parse(JSON.parse(text));
  expect(problem.status).toBe(status);
  expect(problem.correlation_id).toBe(headers.get('x-correlation-id'));
  expect(problem.refusals.length).toBeGreaterThan(0);
  for (const { remedy } of problem.refusals) expect(remedy).not.toBe('');
  expect(tested.inventory.commands).toHaveLength(before);
  return { status, headers, code: problem.code, problem };
}

describe('malformed JSON or XML is 400', () => {
  it.each([
    ['JSON that ends too early', '{"num_of_vfs": 4', 'application/json'],
    ['JSON that is text', 'four', 'application/json'],
    ['a name that stands twice', '{"num_of_vfs": 4, "num_of_vfs": 5}', 'application/json'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), 'application/json'],
    ['an unclosed element', '<vfs_config>', 'application/xml'],
    ['two roots', '<vfs_config/><vfs_config/>', 'application/xml'],
    [
      'an external entity',
      '<!DOCTYPE v [<!ENTITY x SYSTEM "file:///etc/passwd">]><vfs_config><num_of_vfs>&x;</num_of_vfs></vfs_config>',
      'text/xml',
    ],
    [
      'entities that would grow',
      '<!DOCTYPE v [<!ENTITY a "11"><!ENTITY b "&a;&a;">]><vfs_config><num_of_vfs>&b;</num_of_vfs></vfs_config>',
      'text/xml',
    ],
    ['no body at all', '', 'application/json'],
  ])('%s', async (_, raw, contentType) => {
    const { status, code } = await refused('PUT', VFS_CONFIG, { raw, headers: { 'content-type': contentType } });
    expect({ status, code }).toEqual({ status: 400, code: 'MALFORMED_BODY' });
  });

  it("and the parser's words do not carry the body on", async () => {
    const raw = `{"a": "${'secret '.repeat(1000)}\u0000"}`;
    const { problem } = await refused('PUT', VFS_CONFIG, { raw, headers: { 'content-type': 'application/json' } });
    expect(problem.detail.length).toBeLessThan(250);
  });
});

describe('unknown fields are refused by name', () => {
  it.each([
    [{ body: { num_of_vf: 4, colour: 'red' } }, ['num_of_vf', 'colour']],
    [{ raw: '<vfs_config><num_of_vf>4</num_of_vf></vfs_config>', headers: XML }, ['num_of_vf']],
    [
      { raw: '{"__proto__": {"num_of_vfs": 4}, "constructor": 1}', headers: { 'content-type': 'application/json' } },
      ['__proto__', 'constructor'],
    ],
  ] as [Request, string[]][])('%j', async (request, names) => {
    const { status, problem } = await refused('PUT', VFS_CONFIG, request);
    expect(status).toBe(400);
    expect(problem.refusals.map(({ code, detail }) => [code, detail.split(' ')[0]])).toEqual(
      names.map((name) => ['UNKNOWN_FIELD', name]),
    );
  });

  it('in a query too', async () => {
    const { problem } = await refused('GET', '/api/hosts?limit=5&colour=red');
    expect(problem).toMatchObject({ status: 400, code: 'UNKNOWN_FIELD' });
  });
});

describe('a value that is not valid is 400', () => {
  it.each([
    ['PUT', VFS_CONFIG, { body: { num_of_vfs: 'four' } }, 'num_of_vfs'],
    ['PUT', VFS_CONFIG, { body: { num_of_vfs: 1.5 } }, 'num_of_vfs'],
    ['PUT', VFS_CONFIG, { body: { num_of_vfs: 1e300 } }, 'num_of_vfs'],
    ['PUT', VFS_CONFIG, { body: { all_networks_allowed: 'yes' } }, 'all_networks_allowed'],
    ['PUT', VFS_CONFIG, { raw: '<vfs_config><num_of_vfs>four</num_of_vfs></vfs_config>', headers: XML }, 'num_of_vfs'],
    ['PUT', VFS_CONFIG, { raw: '<host/>', headers: XML }, '<vfs_config>'],
    ['PUT', VFS_CONFIG, { body: [] }, 'vfs_config'],
    ['POST', '/api/hosts', { body: {} }, 'name'],
    ['POST', '/api/hosts', { body: { name: ' alpha' } }, 'name'],
    ['POST', '/api/hosts', { body: { name: 'x'.repeat(256) } }, 'name'],
    ['POST', '/api/hosts', { body: { name: 'x', id: '../..' } }, 'id'],
    ['GET', '/api/hosts?limit=0', {}, 'limit'],
    ['GET', '/api/hosts?limit=1&limit=2', {}, 'limit'],
    ['GET', '/api/hosts?cursor=h-alpha', {}, 'cursor'],
    ['GET', `/api/hosts/${'x'.repeat(256)}`, {}, 'host'],
    ['GET', '/api/hosts/a%00b', {}, 'host'],
    ['GET', '/api/hosts?limit=', {}, 'limit'],
  ] as [string, string, Request, string][])('%s %s %j', async (method, path, request, named) => {
    const { status, problem } = await refused(method, path, request);
    expect(status).toBe(400);
    expect(problem.detail).toContain(named);
  });

  it('in the address', async () => {
    expect(await refused('GET', '/api/hosts/%E0%A4%A')).toMatchObject({ status: 400, code: 'MALFORMED_URL' });
  });

  it.each([
    ['if-match', '17'],
    ['if-match', '"1", "2"'],
    ['idempotency-key', 'two words'],
    ['idempotency-key', 'k'.repeat(201)],
  ])('in the header %s: %s', async (name, value) => {
    const { code } = await refused('PUT', VFS_CONFIG, { body: { num_of_vfs: 4 }, headers: { [name]: value } });
    expect(code).toBe('MALFORMED_HEADER');
  });
});

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

describe('a body', () => {
  it('of more than 1 MB is 413', async () => {
    const { status, code } = await refused('PUT', VFS_CONFIG, { raw: ' '.repeat(1024 * 1024 + 1), headers: XML });
    expect({ status, code }).toEqual({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['nonsense', {}],
  ])('of type %s %j is 415', async (contentType, headers) => {
    const told = await refused('PUT', VFS_CONFIG, {
      raw: '{"num_of_vfs": 4}',
      headers: { 'content-type': contentType, ...headers },
    });
    expect(told).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('without a type is 415', async () => {
    const request = `PUT ${VFS_CONFIG} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${Buffer.from('admin@internal:correct horse').toString('base64')}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`;
    expect(await raw(request)).toMatch(/^HTTP\/1.1 415 /);
  });

  it('that is shorter than it says is never carried out', async () => {
    const before = tested.inventory.commands.length;
    const request = `PUT ${VFS_CONFIG} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${Buffer.from('admin@internal:correct horse').toString('base64')}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"num_of_vfs":4}`;
    expect(await raw(request, 'end early')).not.toMatch(/^HTTP\/1.1 2/);
    expect(tested.inventory.commands).toHaveLength(before);
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

function raw(request: string, ending: 'end early' | 'wait' = 'wait'): Promise<string> {
  const { hostname, port } = new URL(tested.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      if (ending === 'end early') socket.end(request);
      else socket.write(request);
    });
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
