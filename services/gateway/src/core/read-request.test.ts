import { hostRoutes } from '@vfleet/contracts/rest/hosts';
import type { AskRoute } from '@vfleet/contracts/rest/route';
import { vfsConfigRoutes } from '@vfleet/contracts/rest/vfs-configs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../parse-xml.ts';
import { type RawRequest, requestReader } from './read-request.ts';

const given = {
  cursorIn: (text: string) => (text.startsWith('opaque-') ? text.slice(7) : undefined),
  entityIdFor: (key: string | undefined) => `made-for-${key}`,
};
const nothing: RawRequest = {
  params: {},
  query: {},
  body: undefined,
  ifMatch: undefined,
  idempotencyKey: undefined,
  prefer: undefined,
};
const read = (route: unknown, raw: Partial<RawRequest>) =>
  requestReader(route as AskRoute, given)({ ...nothing, ...raw });
const json = (value: unknown) => ({ format: 'json', value }) as const;
const onVfsConfig = { host: 'alpha', nic: 'enp5s0f0', vfsConfig: 'vfsConfig' };
const put = vfsConfigRoutes.updateVfsConfig;

describe('a request that is sound', () => {
  it('gives what the route needs, and what its headers ask for', () => {
    const request = read(put, {
      params: onVfsConfig,
      body: json({ num_of_vfs: 4, state: 'ready' }),
      ifMatch: '"17"',
      idempotencyKey: 'k1',
      prefer: 'wait=5',
    });
    expect(request).toEqual({
      ok: true,
      input: { params: onVfsConfig, query: {}, body: { num_of_vfs: 4 }, newEntityId: 'made-for-k1', ifVersion: 17 },
      key: 'k1',
      waitSeconds: 5,
      neverMatches: false,
    });
  });

  it('may be in XML', () => {
    const root = parseXml('<vfs_config><num_of_vfs>4</num_of_vfs><labels><label>a</label></labels></vfs_config>');
    expect(read(put, { params: onVfsConfig, body: { format: 'xml', root } })).toMatchObject({
      ok: true,
      input: { body: { num_of_vfs: 4 } },
    });
  });

  it('has numbers in its query, and a cursor that is opened', () => {
    expect(read(hostRoutes.listHosts, { query: { limit: '5', cursor: 'opaque-h7' } })).toMatchObject({
      input: { query: { limit: 5, cursor: 'h7' } },
    });
    expect(read(hostRoutes.listHosts, {})).toMatchObject({ input: { query: { limit: 100 } } });
  });

  it('may have an empty body where none is taken', () => {
    expect(read(hostRoutes.refreshHost, { params: { host: 'alpha' }, body: json({}) }).ok).toBe(true);
  });

  it('never matches a tag that is weak', () => {
    expect(read(put, { params: onVfsConfig, body: json({}), ifMatch: 'W/"17"' })).toMatchObject({
      ok: true,
      neverMatches: true,
    });
  });
});

describe('a request at fault is told', () => {
  it('everything at once', () => {
    const request = read(put, {
      params: { ...onVfsConfig, host: '' },
      query: { verbose: '1' },
      body: json({ num_of_vf: 4 }),
      ifMatch: '17',
      idempotencyKey: 'two words',
    });
    expect(request).toMatchObject({
      ok: false,
      faults: [
        { code: 'UNKNOWN_FIELD', detail: 'verbose is not a field of the query, which takes none' },
        { code: 'UNKNOWN_FIELD', detail: expect.stringContaining('num_of_vf is not a field of vfs_config') },
        { code: 'MALFORMED_HEADER', detail: expect.stringContaining('Idempotency-Key') },
        { code: 'MALFORMED_HEADER', detail: expect.stringContaining('If-Match') },
        { code: 'INVALID_VALUE', detail: expect.stringContaining('host: ') },
      ],
    });
  });

  it.each([
    ['a body is missing', put, { params: onVfsConfig }, 'a body is needed: vfs_config'],
    ['a body is none', put, { params: onVfsConfig, body: json([]) }, 'vfs_config: must be an object of fields'],
    ['a body has a text for a number', put, { params: onVfsConfig, body: json({ num_of_vfs: '4' }) }, 'num_of_vfs: '],
    ['a body has null for a number', put, { params: onVfsConfig, body: json({ num_of_vfs: null }) }, 'num_of_vfs: '],
    ['a body has a fraction', put, { params: onVfsConfig, body: json({ num_of_vfs: 1.5 }) }, 'num_of_vfs: '],
    [
      'a body is not taken',
      hostRoutes.refreshHost,
      { params: { host: 'a' }, body: json({ now: true }) },
      'now is not a field of this request',
    ],
    ['a limit is too high', hostRoutes.listHosts, { query: { limit: '1001' } }, 'limit: '],
    ['a limit is no number', hostRoutes.listHosts, { query: { limit: 'ten' } }, 'limit: '],
    ['a limit stands twice', hostRoutes.listHosts, { query: { limit: ['1', '2'] } }, 'limit: stands more than once'],
    ['a cursor is of nowhere', hostRoutes.listHosts, { query: { cursor: 'h7' } }, 'cursor: is not the `next`'],
    [
      'If-Match is not honoured',
      vfsConfigRoutes.removeVfsConfig,
      { params: onVfsConfig, ifMatch: '"1"' },
      'does not honour If-Match',
    ],
    [
      'an id could not stand in a routing key',
      hostRoutes.addHost,
      { body: json({ name: 'alpha', id: 'a.b' }) },
      'id: letters, digits',
    ],
  ] as [string, unknown, Partial<RawRequest>, string][])('that %s', (_, route, raw, detail) => {
    expect(read(route, raw)).toMatchObject({ ok: false, faults: [{ detail: expect.stringContaining(detail) }] });
  });
});

it('reads any JSON and any headers without a fault of its own', () => {
  const raws = fc.record({
    params: fc.constant(onVfsConfig),
    query: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
    body: fc.option(fc.jsonValue().map(json), { nil: undefined }),
    ifMatch: fc.option(fc.string(), { nil: undefined }),
    idempotencyKey: fc.option(fc.string(), { nil: undefined }),
    prefer: fc.option(fc.string(), { nil: undefined }),
  });
  fc.assert(
    fc.property(raws, (raw) => {
      const request = read(put, raw);
      if (!request.ok) expect(request.faults.length).toBeGreaterThan(0);
    }),
  );
});
