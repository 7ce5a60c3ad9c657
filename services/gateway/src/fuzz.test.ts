import { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { printXml, resourceElement } from './core/xml-write.ts';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';

const VFS_CONFIG = '/api/hosts/alpha/nics/enp5s0f0/vfsConfig';
const RUNS = 60;
let tested: GatewayUnderTest;
beforeAll(async () => {
  tested = await gatewayUnderTest({ requestsPerMinute: 1_000_000 });
});
afterAll(() => tested.close());

/** The answer to a body that asks for nothing sound: always a problem of the caller's, and nothing is carried out. */
async function expectRefused(contentType: string, raw: string, method = 'PUT', path = VFS_CONFIG): Promise<void> {
  const before = tested.inventory.commands.length;
  const { status, text } = await tested.call(method, path, { raw, headers: { 'content-type': contentType } });
  expect([400, 415], `${status} for ${raw}: ${text}`).toContain(status);
  expect(tested.inventory.commands).toHaveLength(before);
}

const notAnObject = fc
  .jsonValue()
  .filter((value) => typeof value !== 'object' || value === null || Array.isArray(value));
const strangeName = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'num_of_vf', 'NUM_OF_VFS', 'num_of_vfs '),
);
const strangeFields = fc.dictionary(
  strangeName.filter((name) => !(name in VfsConfig.shape)),
  fc.jsonValue(),
  { minKeys: 1 },
);
const notANumber = fc.jsonValue().filter((value) => !Number.isSafeInteger(value));

it('any JSON that is no object of known fields is refused', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(
        notAnObject,
        strangeFields,
        notANumber.map((num_of_vfs) => ({ num_of_vfs })),
      ),
      (value) => expectRefused('application/json', JSON.stringify(value)),
    ),
    { numRuns: RUNS },
  ),
);

it('any text that is no JSON is refused', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), (text) =>
      expectRefused('application/json', `{"num_of_vfs": 3, ${text}`),
    ),
    { numRuns: RUNS },
  ),
);

it('any text that is no XML is refused', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), (text) =>
      expectRefused('application/xml', `<vfs_config>${text}</vfs_config`),
    ),
    { numRuns: RUNS },
  ),
);

it('sound XML that is damaged anywhere is refused, or means what it says', { timeout: 60_000 }, () => {
  const sound = printXml(
    resourceElement('vfs_config', { num_of_vfs: 2, all_networks_allowed: true, networks: [], labels: ['a'] }),
  );
  return fc.assert(
    fc.asyncProperty(fc.nat(sound.length), fc.nat(3), fc.string({ maxLength: 3 }), async (at, removed, added) => {
      const raw = sound.slice(0, at) + added + sound.slice(at + removed);
      const { status } = await tested.call('PUT', VFS_CONFIG, {
        raw,
        headers: { 'content-type': 'application/xml', prefer: 'wait=0' },
      });
      expect([200, 202, 400]).toContain(status);
    }),
    { numRuns: RUNS },
  );
});

it('any path, query and headers are answered, never with a fault', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 6 }),
      fc.string({ unit: 'grapheme' }),
      fc.record(
        {
          prefer: header(),
          'if-match': header(),
          'idempotency-key': header(),
          accept: header(),
          'x-correlation-id': header(),
        },
        { requiredKeys: [] },
      ),
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      async (parts, query, headers, method) => {
        const path = `/api/hosts/${parts.map(encodeURIComponent).join('/')}?${encodeURI(query)}`;
        const { status } = await tested.call(method, path, { headers });
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: RUNS },
  ),
);

function header(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
}
