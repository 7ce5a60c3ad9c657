import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { type Request, refusalsOf } from './testing/refusal-of.ts';

const VFS_CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
const XML = { 'content-type': 'application/xml' };
let tested: GatewayUnderTest;
const refused = refusalsOf(() => tested);
beforeAll(async () => {
  tested = await gatewayUnderTest();
});
afterAll(() => tested.close());

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
