import fc from 'fast-check';
import { z } from 'zod';
import { arbitraryOf } from './arbitrary-of.ts';
import type { BodyRoute } from './body-routes.ts';

type Fields = { [name: string]: unknown };
type Place = { path: readonly string[]; schema: z.ZodType };

/** Values in JSON's own spelling, for some of them no value of JavaScript stands. */
const VALUES = [
  ...['null', 'true', '0', '-0', '-1', '1.5', '1e308', '1e400', '9007199254740992', '4294967296', '[]', '{}', '[[]]'],
  ...[
    '""',
    '" "',
    '"true"',
    '"7"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\u202egnp"',
    '"a\\u200bb"',
    '"a\\u2028b"',
    '"../.."',
  ],
  ...['{"id":null}', '{"id":""}', '{"name":7}', '[null]', '[{"id":"a"}]', '"<x/>"', '"$' + '{x}"', '{"$gt":""}'],
  ...[`"${'x'.repeat(256)}"`, `"${'x'.repeat(70_000)}"`, `[${'0,'.repeat(2000)}0]`, '['.repeat(60) + ']'.repeat(60)],
];
const STRANGE_NAMES = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'NAME',
  'name ',
  'nаme',
  'a.b',
  '$set',
  '\u0000',
  'x'.repeat(300),
];

/** Bodies in JSON with exactly one thing wrong in one that is sound, and what that is. */
export function brokenBodies(route: BodyRoute): fc.Arbitrary<{ wrong: string; raw: string }> {
  const sound = arbitraryOf(route.body) as fc.Arbitrary<Fields>;
  const places = placesIn(route.body, []);
  const objects: Place[] = [
    { path: [], schema: route.body as z.ZodType },
    ...places.filter(({ schema }) => isObject(schema)),
  ];
  const known = Object.keys((route.answer.schema as unknown as z.ZodObject).shape);

  const wrongValue = fc
    .tuple(sound, fc.constantFrom(...places), fc.constantFrom(...VALUES))
    .filter(([, { schema }, value]) => !schema.safeParse(JSON.parse(value)).success)
    .map(([body, { path }, value]) => ({
      wrong: `${path.join('.')}: ${value.slice(0, 40)}`,
      raw: written(body, path, (name) => `${JSON.stringify(name)}:${value}`),
    }));
  const unknownField = fc
    .tuple(sound, fc.constantFrom(...objects), fc.constantFrom(...STRANGE_NAMES), fc.constantFrom(...VALUES))
    .filter(([, { path }, name]) => path.length > 0 || !known.includes(name))
    .map(([body, { path }, name, value]) => ({
      wrong: `${[...path, name].join('.')} is not known`,
      raw: written(body, [...path, name], (last) => `${JSON.stringify(last)}:${value}`),
    }));
  const standsTwice = fc.tuple(sound, fc.constantFrom(...places), fc.boolean()).map(([body, { path }, alike]) => ({
    wrong: `${path.join('.')} stands twice`,
    raw: written(body, path, (name) => `${JSON.stringify(name)}:1,${JSON.stringify(name)}:${alike ? 1 : 2}`),
  }));
  const notAnObject = fc
    .constantFrom('null', 'true', '7', '"name"', '[]', '[{}]')
    .map((raw) => ({ wrong: 'the body', raw }));
  return fc.oneof(
    { weight: 4, arbitrary: wrongValue },
    { weight: 3, arbitrary: unknownField },
    { weight: 2, arbitrary: standsTwice },
    notAnObject,
  );
}

/** Writes a body in JSON whose field at `path` is what `field` writes, whether it was there or not. */
function written(body: Fields, [name = '', ...inner]: readonly string[], field: (name: string) => string): string {
  const others = Object.entries(body).filter(([other]) => other !== name);
  const inside = Object.hasOwn(body, name) && isFields(body[name]) ? body[name] : {};
  const here = inner.length === 0 ? field(name) : `${JSON.stringify(name)}:${written(inside, inner, field)}`;
  return `{${[...others.map(([other, value]) => `${JSON.stringify(other)}:${JSON.stringify(value)}`), here].join()}}`;
}

/** Every field of an object and of the objects in it, each with its schema. */
function placesIn(schema: z.ZodType, above: readonly string[]): Place[] {
  const object = bare(schema);
  if (!(object instanceof z.ZodObject)) return [];
  return Object.entries(object.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const path = [...above, name];
    return [{ path, schema: field }, ...placesIn(field, path)];
  });
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? bare(schema.unwrap() as z.ZodType)
    : schema;
}

function isObject(schema: z.ZodType): boolean {
  return bare(schema) instanceof z.ZodObject;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
