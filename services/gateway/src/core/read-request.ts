import type { AskRoute, RouteInput } from '@vfleet/contracts/rest/route';
import { type Shape, shapeOf } from '@vfleet/contracts/rest/shape';
import { readIfMatch } from './entity-tag.ts';
import { preferredWait } from './prefer.ts';
import type { RequestFault } from './problem-document.ts';
import { type Fields, readFields, unknownField } from './read-fields.ts';
import { valueOfText } from './read-text.ts';
import { idempotencyKey } from './request-ids.ts';
import type { XmlElement } from './xml-element.ts';
import { readXml } from './xml-read.ts';

/** A body that was parsed, but not yet held against any schema. */
export type ParsedBody = { format: 'json'; value: unknown } | { format: 'xml'; root: XmlElement };

export type RawRequest = {
  params: unknown;
  /** A parameter that stands more than once is a list. */
  query: Readonly<Record<string, string | readonly string[]>>;
  body: ParsedBody | undefined;
  ifMatch: string | undefined;
  idempotencyKey: string | undefined;
  prefer: string | undefined;
};

export type ReadRequest =
  | {
      ok: true;
      input: RouteInput<unknown, Fields, Fields>;
      /** The id of the command, when the caller made one. */
      key: string | undefined;
      waitSeconds: number | undefined;
      /** `If-Match` names a tag that no version has: to be refused with 412. */
      neverMatches: boolean;
    }
  | { ok: false; faults: [RequestFault, ...RequestFault[]] };

/** What of a route tells how its requests are read. */
export type Readable = Pick<
  AskRoute,
  'method' | 'path' | 'params' | 'query' | 'body' | 'takesBody' | 'bodyAs' | 'answer' | 'ifMatch'
>;

/**
 * Makes the reader of a route's requests. It finds every fault of path, query, headers and body before it refuses.
 * `cursorIn` opens an opaque cursor, undefined when it is none of this list; `entityIdFor` names what a request with
 * this key makes.
 */
export function requestReader(
  route: Readable,
  {
    cursorIn,
    entityIdFor,
  }: { cursorIn: (text: string) => string | undefined; entityIdFor: (key: string | undefined) => string },
): (raw: RawRequest) => ReadRequest {
  const querySchema = objectShape(route.query);
  const writable = objectShape(route.body);
  const asAnswer = !route.bodyAs && route.answer.kind === 'resource' ? route.answer : undefined;
  const known = asAnswer ? shapeOf(asAnswer.schema) : writable;
  const bodyName = route.bodyAs?.root ?? asAnswer?.root ?? 'this request';

  return (raw) => {
    const key = idempotencyKey(raw.idempotencyKey);
    const precondition = readIfMatch(raw.ifMatch);
    const query = readQuery(raw.query, { fields: querySchema.fields, cursorIn });
    const body = readBody(raw.body, { route, writable, known, bodyName });
    const faults = [...query.faults, ...body.faults];
    if (key === null)
      faults.push({ code: 'MALFORMED_HEADER', detail: 'Idempotency-Key: 1 to 200 visible ASCII characters' });
    if (precondition.kind === 'malformed')
      faults.push({ code: 'MALFORMED_HEADER', detail: 'If-Match: one ETag in quotes, as a GET gives it, or *' });
    if (raw.ifMatch !== undefined && route.method !== 'GET' && !route.ifMatch) {
      faults.push({
        code: 'PRECONDITION_NOT_SUPPORTED',
        detail: `${route.method} ${route.path} does not honour If-Match`,
      });
    }
    const params = route.params.safeParse(raw.params);
    const parsedQuery = route.query.safeParse(query.value);
    const parsedBody = route.body.safeParse(body.fields);
    faults.push(
      ...faultsOf(params.error),
      ...(query.faults.length === 0 ? faultsOf(parsedQuery.error) : []),
      ...(body.faults.length === 0 ? faultsOf(parsedBody.error) : []),
    );
    const [first, ...others] = faults;
    if (first) return { ok: false, faults: [first, ...others] };
    return {
      ok: true,
      input: {
        params: params.data,
        query: parsedQuery.data as Fields,
        body: parsedBody.data as Fields,
        newEntityId: entityIdFor(key ?? undefined),
        ifVersion: precondition.kind === 'version' ? precondition.version : undefined,
      },
      key: key ?? undefined,
      waitSeconds: preferredWait(raw.prefer),
      neverMatches: precondition.kind === 'never',
    };
  };
}

function readQuery(
  query: RawRequest['query'],
  { fields, cursorIn }: { fields: Readonly<Record<string, Shape>>; cursorIn: (text: string) => string | undefined },
): { value: Fields; faults: RequestFault[] } {
  const faults: RequestFault[] = [];
  const values: [string, unknown][] = [];
  for (const [name, text] of Object.entries(query)) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!shape) {
      faults.push(unknownField(name, { what: 'the query', names: Object.keys(fields) }));
    } else if (typeof text !== 'string') {
      faults.push({ code: 'INVALID_VALUE', detail: `${name}: stands more than once in the query` });
    } else {
      const value = name === 'cursor' ? cursorIn(text) : valueOfText(text, shape);
      if (value === undefined)
        faults.push({ code: 'INVALID_VALUE', detail: 'cursor: is not the `next` of a page of this list' });
      else values.push([name, value]);
    }
  }
  return { value: Object.fromEntries(values), faults };
}

function readBody(
  body: ParsedBody | undefined,
  { route, writable, known, bodyName }: { route: Readable; writable: ObjectShape; known: Shape; bodyName: string },
): { fields: Fields; faults: RequestFault[] } {
  if (!body) {
    const faults: RequestFault[] =
      route.takesBody && !route.bodyAs?.optional
        ? [{ code: 'MALFORMED_BODY', detail: `a body is needed: ${bodyName}` }]
        : [];
    return { fields: {}, faults };
  }
  const of = { writable, known: route.takesBody ? known : writable, what: route.takesBody ? bodyName : 'this request' };
  if (body.format === 'json') return readFields(body.value, of);
  const { value, faults } = readXml(body.root, { name: route.takesBody ? bodyName : body.root.name, shape: writable });
  return faults.length > 0 ? { fields: {}, faults } : readFields(value, of);
}

type ObjectShape = Extract<Shape, { kind: 'object' }>;

function objectShape(schema: AskRoute['body']): ObjectShape {
  return shapeOf(schema) as ObjectShape;
}

type Issues = { issues: readonly { path: readonly PropertyKey[]; message: string }[] };

function faultsOf(error: Issues | undefined): RequestFault[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    code: 'INVALID_VALUE',
    detail: path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  }));
}
