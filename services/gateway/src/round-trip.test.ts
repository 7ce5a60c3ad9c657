import { ROUTES } from '@vfleet/contracts/rest';
import type { AskRoute, Representation } from '@vfleet/contracts/rest/route';
import { type Shape, shapeOf } from '@vfleet/contracts/rest/shape';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParsedBody, type RawRequest, requestReader } from './core/read-request.ts';
import { printXml, resourceElement } from './core/xml-write.ts';
import { parseJson } from './parse-json.ts';
import { parseXml } from './parse-xml.ts';
import { arbitraryOf } from './testing/arbitrary-of.ts';

type Taking = AskRoute & { answer: Representation & { kind: 'resource' } };
type Fields = { [name: string]: unknown };
const RUNS = 40;
/** A body of its own is no resource that was read. */
const rows: [string, Taking][] = Object.entries(ROUTES).flatMap(([name, route]) =>
  route.kind === 'ask' && route.takesBody && !route.bodyAs && route.answer.kind === 'resource'
    ? [[name, route as unknown as Taking]]
    : [],
);

describe.each(rows)('%s', (_, route) => {
  const resources = arbitraryOf(route.answer.schema, route.body) as fc.Arbitrary<Fields>;
  const params = Object.fromEntries(Object.keys(route.params.shape).map((name) => [name, 'a-1']));
  const reader = requestReader(route, { cursorIn: () => undefined, entityIdFor: () => 'made' });
  const read = (body: ParsedBody) => {
    const raw: RawRequest = {
      params,
      query: {},
      body,
      ifMatch: undefined,
      idempotencyKey: undefined,
      prefer: undefined,
    };
    const request = reader(raw);
    return request.ok ? request.input.body : request.faults;
  };
  const writable = (resource: Fields) =>
    Object.fromEntries(Object.entries(resource).filter(([name]) => Object.hasOwn(route.body.shape, name)));

  it('takes back in JSON what a GET gives', () => {
    fc.assert(
      fc.property(resources, (resource) => {
        const value = parseJson(JSON.stringify(resource));
        expect(read({ format: 'json', value })).toEqual(writable(resource));
      }),
      { numRuns: RUNS },
    );
  });

  it('takes back in XML what a GET gives, absent for null', () => {
    fc.assert(
      fc.property(resources, (resource) => {
        const root = parseXml(printXml(resourceElement(route.answer.root, resource)));
        expect(read({ format: 'xml', root })).toEqual(withoutNulls(writable(resource)));
      }),
      { numRuns: RUNS },
    );
  });

  it('takes null in XML as an empty element wherever it takes null in JSON', () => {
    const { fields } = shapeOf(route.body) as Extract<Shape, { kind: 'object' }>;
    const nullable = Object.keys(fields).filter((name) => fields[name]?.nullable);
    const required = Object.entries(fc.sample(resources, 1)[0] ?? {}).filter(
      ([name]) => Object.hasOwn(fields, name) && !nullable.includes(name),
    );
    const { children, ...root } = resourceElement(route.answer.root, Object.fromEntries(required));
    const empty = nullable.map((name) => ({ name, attributes: {}, children: [] }));
    const body = read({ format: 'xml', root: { ...root, children: [...children, ...empty] } });
    expect(body).toMatchObject(Object.fromEntries(nullable.map((name) => [name, null])));
  });

  it('takes no empty text where it takes null, for XML could not tell the two apart', () => {
    const { fields } = shapeOf(route.body) as Extract<Shape, { kind: 'object' }>;
    for (const [name, shape] of Object.entries(fields)) {
      if (shape.nullable && shape.kind === 'text')
        expect(route.body.shape[name as keyof typeof route.body.shape], name).not.toSatisfy(takesEmptyText);
    }
  });
});

function takesEmptyText(schema: { safeParse(value: unknown): { success: boolean } }): boolean {
  return schema.safeParse('').success;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}
