import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { printXml, resourceElement } from './core/xml-write.ts';
import { arbitraryOf } from './testing/arbitrary-of.ts';
import { BODY_ROUTES, pathOf, rootOf } from './testing/body-routes.ts';
import { brokenBodies } from './testing/broken-body.ts';
import { type GatewayUnderTest, gatewayUnderTest } from './testing/gateway-under-test.ts';
import { refusalsOf } from './testing/refusal-of.ts';

const RUNS = 40;
const JSON_TYPE = { 'content-type': 'application/json', prefer: 'wait=0' };
const XML_TYPE = { 'content-type': 'application/xml', prefer: 'wait=0' };
let tested: GatewayUnderTest;
const refused = refusalsOf(() => tested);
beforeAll(async () => {
  tested = await gatewayUnderTest({ requestsPerMinute: 1_000_000 });
});
afterEach(() => {
  tested.inventory.commands.length = 0;
  tested.policy.commands.length = 0;
});
afterAll(() => tested.close());

describe.each(BODY_ROUTES)('%s', (_, route) => {
  const { method } = route;
  const path = pathOf(route);

  it('refuses a body with one thing wrong anywhere in it', { timeout: 60_000 }, () =>
    fc.assert(
      fc.asyncProperty(brokenBodies(route), async ({ wrong, raw }) => {
        const { status, problem } = await refused(method, path, { raw, headers: JSON_TYPE });
        expect(status, wrong).toBe(400);
        expect(['INVALID_VALUE', 'UNKNOWN_FIELD', 'MALFORMED_BODY']).toContain(problem.code);
      }),
      { numRuns: RUNS },
    ),
  );

  it('carries out nothing but what its schema takes, whatever JSON it gets', { timeout: 60_000 }, () => {
    const names = fc.constantFrom(...Object.keys(route.body.shape));
    const bodies = fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue()));
    return fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const before = tested.carriedOut();
        const { status, text } = await tested.call(method, path, { raw: JSON.stringify(body), headers: JSON_TYPE });
        expect(status, text).toBeLessThan(500);
        if (tested.carriedOut() !== before) expect(route.body.safeParse(body).error).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  it('answers XML that is damaged anywhere, never with a fault', { timeout: 60_000 }, () => {
    const sound = (arbitraryOf(route.body) as fc.Arbitrary<object>).map((body) =>
      printXml(resourceElement(rootOf(route), body)),
    );
    const pieces = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom(
        '<',
        '</',
        '/>',
        '<name/>',
        '<x>',
        '<!--',
        '<![CDATA[',
        ']]>',
        '&',
        '&#0;',
        '&x;',
        ' a="b"',
        '<?',
      ),
    );
    const damaged = fc.tuple(sound, fc.nat(), fc.nat(5), pieces).map(([xml, at, removed, piece]) => {
      const place = at % xml.length;
      return xml.slice(0, place) + piece + xml.slice(place + removed);
    });
    return fc.assert(
      fc.asyncProperty(damaged, async (raw) => {
        const { status, text } = await tested.call(method, path, { raw, headers: XML_TYPE });
        expect(status, `${raw}: ${text}`).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
  });
});
