import { connect } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { type Shape, shapeOf } from '@vfleet/contracts/rest/shape';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_ROUTES, pathOf, rootOf } from './testing/body-routes.ts';
import { type GatewayUnderTest, gatewayUnderTest, PASSWORD } from './testing/gateway-under-test.ts';
import { type Request, refusalsOf } from './testing/refusal-of.ts';

const LARGEST = 10 * 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const XML_TYPE = { 'content-type': 'application/xml' };
let tested: GatewayUnderTest;
const refused = refusalsOf(() => tested);
beforeAll(async () => {
  tested = await gatewayUnderTest({ requestsPerMinute: 1_000_000 });
});
afterAll(() => tested.close());

/**
 * Sends a body that must be refused with one of the statuses, in few words. What grows by the square of a body would
 * take minutes, longer than any test may.
 */
async function expectRefused(statuses: readonly number[], [method, path]: [string, string], request: Request) {
  const { status, problem } = await refused(method, path, request);
  expect(statuses).toContain(status);
  expect(JSON.stringify(problem).length).toBeLessThan(50_000);
}

const many = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => piece(i)).join('');
const laughs = many(9, (i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);

const large = Buffer.from(`{"name": "${'x'.repeat(LARGEST)}"}`);
const COMPRESSED = [
  ['gzip', gzipSync(large)],
  ['deflate', deflateSync(large)],
  ['br', brotliCompressSync(large, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
] as const;

describe.each(BODY_ROUTES)('%s', (_, route) => {
  const root = rootOf(route);
  const to: [string, string] = [route.method, pathOf(route)];
  const { fields } = shapeOf(route.body) as Extract<Shape, { kind: 'object' }>;
  const [first = ''] = Object.keys(fields);

  it.each([
    ['a name of a million characters', `{"${first}": "${'x'.repeat(1_000_000)}"}`],
    ['a name of combining characters, out of order', `{"${first}": "a${'\u{301}\u{316}'.repeat(250_000)}"}`],
    [
      'a list of a hundred thousand',
      `{${Object.keys(fields).map((name) => `"${name}": [${'0,'.repeat(99_999 / Object.keys(fields).length)}0]`)}}`,
    ],
    ['twenty thousand fields', `{${many(20_000, (i) => `"n${i}":0,`)}"n":0}`],
    ['one field sixty thousand times', `{${many(60_000, () => `"${first}":0,`)}"${first}":0}`],
    ['lists in lists without end', `{"${first}": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['objects in objects without end', `${`{"${first}":`.repeat(60_000)}0${'}'.repeat(60_000)}`],
    ['a number of a hundred thousand digits', `{"${first}": ${'9'.repeat(100_000)}}`],
    ['nothing but white space', ' '.repeat(1_000_000)],
  ])('refuses JSON with %s', (__, raw) => expectRefused([400], to, { raw, headers: JSON_TYPE }));

  it.each([
    ['entities that grow', `<!DOCTYPE x [<!ENTITY l0 "lol">${laughs}]><${root}><${first}>&l9;</${first}></${root}>`],
    [
      'one long entity, often',
      `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(100_000)}">]><${root}>${'&a;'.repeat(100_000)}</${root}>`,
    ],
    [
      'an external entity',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><${root}><${first}>&e;</${first}></${root}>`,
    ],
    ['a parameter entity', `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]><${root}/>`],
    ['a declaration elsewhere', `<!DOCTYPE ${root} PUBLIC "-//X" "http://127.0.0.1:1/x"><${root}/>`],
    ['a declaration without end', `<!DOCTYPE x [${'<!ENTITY a "a">'.repeat(60_000)}`],
    ['elements in elements without end', `<${root}>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</${root}>`],
    ['fifty thousand attributes', `<${root} ${many(50_000, (i) => `a${i}="${i}" `)}/>`],
    ['one attribute fifty thousand times', `<${root} ${'a="1" '.repeat(50_000)}/>`],
    ['twenty thousand elements', `<${root}>${many(20_000, (i) => `<a${i}/>`)}</${root}>`],
    ['one element fifty thousand times', `<${root}>${`<${first}/>`.repeat(50_000)}</${root}>`],
    ['a long text where none may be', `<${root}>${'x '.repeat(400_000)}</${root}>`],
    ['a long text in CDATA', `<${root}><${first}><![CDATA[${'\u{301}\u{316}'.repeat(200_000)}]]></${first}></${root}>`],
    ['a long name of an element', `<${'x'.repeat(900_000)}/>`],
    ['a long comment without end', `<${root}><!--${'-'.repeat(900_000)}`],
  ])('refuses XML with %s', (__, raw) => expectRefused([400], to, { raw, headers: XML_TYPE }));

  it.each([
    ['JSON', JSON_TYPE],
    ['XML', XML_TYPE],
  ])('refuses 10 MB of %s', (__, headers) => expectRefused([413], to, { raw: ' '.repeat(LARGEST), headers }));

  it.each([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['parts', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['YAML', { 'content-type': 'application/yaml' }],
    ['JSON in UTF-16', { 'content-type': 'application/json; charset=utf-16' }],
    ['two types at once', { 'content-type': 'application/json, application/xml' }],
    ['an encoding that nobody knows', { ...JSON_TYPE, 'content-encoding': 'x-nonsense' }],
  ])('refuses what is said to be %s', (__, headers) => expectRefused([415], to, { raw: '{}', headers }));

  it.each(COMPRESSED)(
    'expands nothing that is compressed with %s, whether that is said or not',
    async (encoding, raw) => {
      await expectRefused([415], to, { raw, headers: { ...JSON_TYPE, 'content-encoding': encoding } });
      await expectRefused([400], to, { raw, headers: JSON_TYPE });
      await expectRefused([400], to, { raw, headers: XML_TYPE });
    },
  );

  it('refuses UTF-16, with a byte order mark and without', async () => {
    for (const text of ['\u{feff}{}', '{}', '\u{feff}<x/>', `<?xml version="1.0" encoding="UTF-16"?><${root}/>`]) {
      const raw = Buffer.from(text, 'utf16le');
      await expectRefused([400], to, { raw, headers: text.includes('<') ? XML_TYPE : JSON_TYPE });
    }
  });
});

describe('a body', () => {
  it('may begin with the byte order mark of UTF-8', async () => {
    const json = await tested.call('POST', '/api/networks', { raw: '\u{feff}{"name": "marked"}', headers: JSON_TYPE });
    const raw = '\u{feff}<network><name>marked too</name></network>';
    const xml = await tested.call('POST', '/api/networks', { raw, headers: XML_TYPE });
    expect([json, xml].map(({ status }) => status)).toEqual([201, 201]);
  });

  it('of 10 MB in pieces is refused as well, before it is there', async () => {
    const before = tested.carriedOut();
    expect(await sentInPieces(LARGEST)).toMatch(/^HTTP\/1\.1 413 .*"code":"BODY_TOO_LARGE"/s);
    expect(tested.carriedOut()).toBe(before);
  });
});

describe('a name', () => {
  const named = BODY_ROUTES.filter(([name]) =>
    /^(add|update)(Host|Cluster|Network|Qos|VnicProfile|Vm|Vnic)$/.test(name),
  );

  it.each(
    [
      ['\u{200b}', 'a space of no width'],
      ['\u{2060}', 'a word joiner'],
      ['\u{feff}', 'a byte order mark'],
      ['\u{202e}', 'an override of direction'],
      ['\u{2067}', 'an isolate of direction'],
      ['\u{61c}', 'a mark of direction'],
      ['\u{2028}', 'a line separator'],
      ['\u{2029}', 'a paragraph separator'],
      ['\u{85}', 'a next line'],
      ['\n', 'a line break'],
      ['\u{0}', 'NUL'],
      ['\u{1b}', 'an escape'],
      ['\u{ad}', 'a soft hyphen'],
      ['\u{3164}', 'a filler'],
      ['\u{fe0f}', 'a variation selector'],
      ['\u{e0061}', 'a tag'],
      ['\u{e000}', 'a private character'],
      ['\u{ffff}', 'a character that is none'],
      ['\ud800', 'half a surrogate pair'],
      ['\u{301}'.repeat(300), 'a stack of accents'],
    ].map(([inside = '', what = '']) => ({ name: `re${inside}d`, what })),
  )('with $what is refused on every route', async ({ name }) => {
    expect(named).toHaveLength(14);
    for (const [, route] of named) {
      const body = JSON.stringify({ name, network: { id: 'n1' } });
      const raw = route.path.includes('vnicprofiles') ? body : JSON.stringify({ name });
      await expectRefused([400], [route.method, pathOf(route)], { raw, headers: JSON_TYPE });
    }
  });

  it.each([
    ['re\u{301}d', 'r\u{e9}d'],
    ['\u{1112}\u{1161}\u{11ab}', '\u{d55c}'],
    ['\u{ff52}\u{ff45}\u{ff44}', '\u{ff52}\u{ff45}\u{ff44}'],
    ['Netz <1> & "2"', 'Netz <1> & "2"'],
  ])('%j reaches the service as %j, however it is sent', async (name, composed) => {
    const escaped = name.replace(/[<&]/g, (each) => `&#${each.charCodeAt(0)};`);
    await tested.call('POST', '/api/clusters', { body: { name } });
    const raw = `<cluster><name>${escaped}</name></cluster>`;
    await tested.call('POST', '/api/clusters', { raw, headers: XML_TYPE });
    expect(tested.policy.commands.slice(-2)).toMatchObject([
      { payload: { fields: { name: composed } } },
      { payload: { fields: { name: composed } } },
    ]);
    const { status, json } = await tested.call('GET', `/api/clusters/${encodeURIComponent(name)}`);
    expect({ status, body: json() }).toMatchObject({ status: 200, body: { name: composed } });
  });
});

/** Sends a body whose length nobody is told, until the answer comes. */
function sentInPieces(bytes: number): Promise<string> {
  const { hostname, port } = new URL(tested.url);
  const login = Buffer.from(`admin@internal:${PASSWORD}`).toString('base64');
  const piece = ' '.repeat(64 * 1024);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /api/networks HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${login}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      for (let sent = 0; sent < bytes; sent += piece.length)
        socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    });
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('correlation_id')) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (problem) => (answer === '' ? reject(problem) : resolve(answer)));
  });
}
