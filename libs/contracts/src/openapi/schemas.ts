import { z } from 'zod';
import type { AskRoute, Representation, Route } from '../rest/route.ts';
import { type Shape, shapeOf } from '../rest/shape.ts';
import { itemNameOf, PROBLEM_ROOT } from '../rest/xml-names.ts';
import { HostDevice } from '../vocabulary/host-device.ts';
import { Named, Reference } from '../vocabulary/ids.ts';
import { Problem } from '../vocabulary/problem.ts';
import { Vf } from '../vocabulary/vf.ts';
import { BODY_EXAMPLES } from './examples.ts';

export type JsonSchema = { [keyword: string]: unknown };

/** Nouns that others hold; each becomes a schema of its own instead of being repeated. */
const NOUNS: Record<string, z.ZodType> = { Named, Vf, Device: HostDevice };

/** Every schema the routes name, by name: answers first, then the bodies they take. */
export function componentSchemas(routes: readonly Route[]): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  const add = (id: string, schema: z.ZodType) => {
    if (!registry.has(schema)) registry.add(schema, { id });
  };
  for (const [name, noun] of Object.entries(NOUNS)) add(name, noun);
  add('Problem', Problem);
  const represented = new Map<string, Representation>();
  for (const answer of routes.flatMap(representationsOf)) {
    if (answer.kind !== 'resource' && answer.kind !== 'page') continue;
    if (represented.has(answer.name)) continue;
    add(answer.name, answer.schema);
    represented.set(answer.name, answer);
  }
  const { schemas } = z.toJSONSchema(registry, { uri: refTo });
  const answers = Object.entries(schemas).map(([name, schema]) => [
    name,
    asAnswer(schema as JsonSchema, represented.get(name) ?? (name === 'Problem' ? 'problem' : undefined)),
  ]);
  return { ...Object.fromEntries(answers), ...bodySchemas(routes) };
}

/** The reference to a schema of `componentSchemas`. */
export function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}

/** The name of the schema of what a route takes: `NewHost` for a POST, `HostChange` for a PUT, unless it has its own. */
export function bodyNameOf({ method, answer, bodyAs }: AskRoute): string {
  if (bodyAs) return bodyAs.name;
  if (answer.kind !== 'resource') throw new Error('only a route that answers with a resource takes one');
  return method === 'POST' ? `New${answer.name}` : `${answer.name}Change`;
}

function representationsOf(route: Route) {
  return route.kind === 'ask' && route.whileOpen ? [route.answer, route.whileOpen] : [route.answer];
}

/** A caller must bear with fields it does not know, so answers are left open. */
function asAnswer(schema: JsonSchema, form: Representation | 'problem' | undefined): JsonSchema {
  const open = withXmlNames(withoutKeywords(schema, ['$schema', '$id', 'additionalProperties']));
  if (form === undefined) return open;
  if (form === 'problem') return { ...open, xml: PROBLEM_ROOT };
  if (form.kind === 'nothing') return open;
  if (form.kind === 'resource') return { ...open, xml: { name: form.root } };
  const { items, ...rest } = open.properties as Record<string, JsonSchema>;
  const flat = {
    ...items,
    xml: { wrapped: false },
    items: { ...(items?.items as JsonSchema), xml: { name: form.item } },
  };
  return { ...open, properties: { items: flat, ...rest }, xml: { name: form.root } };
}

/** The schemas of bodies, and of the reference that many of them hold. Throws when two bodies would get one name. */
function bodySchemas(routes: readonly Route[]): Record<string, JsonSchema> {
  const bodies = new Map<string, AskRoute>();
  for (const route of routes) {
    if (route.kind !== 'ask' || !route.takesBody) continue;
    const name = bodyNameOf(route);
    const other = bodies.get(name);
    if (other && other.body !== route.body) throw new Error(`${name}: ${route.path} and ${other.path} take two bodies`);
    bodies.set(name, route);
  }
  const reference = { ...closed(inputSchema(Reference), undefined), description: 'By its id, or else by its name.' };
  return Object.fromEntries([
    ['Reference', reference],
    ...[...bodies].map(([name, route]) => [name, bodySchema(name, route)]),
  ]);
}

function bodySchema(name: string, { body, answer, bodyAs }: AskRoute): JsonSchema {
  if (answer.kind !== 'resource') throw new Error(`${name}: only a route that answers with a resource takes one`);
  const example = BODY_EXAMPLES[name as keyof typeof BODY_EXAMPLES] as JsonSchema | undefined;
  return {
    ...withXmlNames(closed(inputSchema(body), bodyAs ? undefined : shapeOf(answer.schema))),
    ...(example ? { examples: [example] } : {}),
    xml: { name: bodyAs?.root ?? answer.root },
  };
}

function inputSchema(schema: z.ZodObject): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema, path }) => {
      if (path.length === 0 || (zodSchema as unknown) !== Reference) return;
      for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
      jsonSchema.$ref = refTo('Reference');
    },
  });
  return withoutKeywords(json as JsonSchema, ['$schema']);
}

/** The writable fields and, of what an answer has beside them, the read-only ones; no others, however deep. */
function closed(schema: JsonSchema, known: Shape | undefined): JsonSchema {
  if (schema.anyOf) return { ...schema, anyOf: (schema.anyOf as JsonSchema[]).map((each) => closed(each, known)) };
  if (schema.items)
    return { ...schema, items: closed(schema.items as JsonSchema, known?.kind === 'list' ? known.of : undefined) };
  if (!schema.properties) return schema;
  const fields = known?.kind === 'object' ? known.fields : {};
  const writable = Object.entries(schema.properties as Record<string, JsonSchema>);
  const readOnly = Object.keys(fields).filter((name) => !writable.some(([other]) => other === name));
  return {
    ...schema,
    properties: {
      ...Object.fromEntries(writable.map(([name, property]) => [name, closed(property, fields[name])])),
      ...Object.fromEntries(readOnly.map((name) => [name, { readOnly: true, description: 'Ignored.' }])),
    },
    additionalProperties: false,
  };
}

function withoutKeywords(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  return mapSchemas(schema, (each) =>
    Object.fromEntries(Object.entries(each).filter(([key, value]) => !keywords.includes(key) && !isNoBound(value))),
  );
}

/** That an integer is one JavaScript can hold says nothing of the API. */
function isNoBound(value: unknown): boolean {
  return value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;
}

/** Lists of a resource are wrapped in an element of their own, and each item has its name. */
function withXmlNames(schema: JsonSchema): JsonSchema {
  return mapSchemas(schema, (each) => {
    const properties = each.properties as Record<string, JsonSchema> | undefined;
    if (!properties) return each;
    return {
      ...each,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [
          name,
          property.type === 'array' && name !== 'items'
            ? {
                ...property,
                xml: { wrapped: true },
                items: { ...(property.items as JsonSchema), xml: { name: itemNameOf(name) } },
              }
            : property,
        ]),
      ),
    };
  });
}

/** Applies `change` to a schema and, before it, to every schema inside of it. */
function mapSchemas(schema: JsonSchema, change: (each: JsonSchema) => JsonSchema): JsonSchema {
  const inner = { ...schema };
  if (schema.properties) {
    inner.properties = Object.fromEntries(
      Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, property]) => [
        name,
        mapSchemas(property, change),
      ]),
    );
  }
  if (schema.items) inner.items = mapSchemas(schema.items as JsonSchema, change);
  if (schema.anyOf) inner.anyOf = (schema.anyOf as JsonSchema[]).map((each) => mapSchemas(each, change));
  return change(inner);
}
