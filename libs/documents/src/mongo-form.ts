import type { Filter } from 'mongodb';
import type { Collection, Put, Removal, Stored, StoredAnswer, Tombstone, UnpublishedFact } from './documents.ts';
import { checkId, currentBody, jsonText, keysOf, validBody } from './stored-form.ts';

/**
 * A document as MongoDB holds it. `keys` are arrays, a key without values is absent: so a sparse unique index lets
 * many hold none. `places` are those of sorted keys in their order: an index over an array could not give a page of it
 * in order. `pending` marks unpublished facts for the sweep's index. A tombstone has `removedAt`, no body, no keys.
 * Without `bodyVersion`, as documents were once written, the body is that of `version`.
 */
export type Held = {
  _id: string;
  version: number;
  bodyVersion?: number;
  schemaVersion: number;
  keysVersion: number;
  keys: Record<string, string[]>;
  places?: Record<string, string>;
  answers: unknown;
  unpublished: unknown;
  pending?: true;
  removedAt?: string;
  body?: unknown;
};

/** What a put stores. Throws when the body or a key is invalid. */
export function heldDocument<Body>(collection: Collection<Body>, put: Put<unknown>): Held {
  const body = validBody(collection, put.id, put.body);
  return { ...held(collection, put), ...heldKeys(collection, put.id, body), body: namesOut(asJson(body)) };
}

/** The keys of a body. `places` is there even without any: an update that sets both takes old ones away. */
export function heldKeys<Body>(
  collection: Collection<Body>,
  id: string,
  body: Body,
): { keys: Record<string, string[]>; places: Record<string, string> } {
  const keys = keysOf(collection, body);
  const sorted = keys.filter(([key]) => collection.keys[key]?.sorted);
  return {
    keys: Object.fromEntries(keys),
    places: Object.fromEntries(sorted.map(([key, [value = '']]) => [key, placeOf({ value, id })])),
  };
}

/** A place in the order of values and then ids: neither holds NUL, which is before every other character. */
export function placeOf({ value, id }: { value: string; id: string }): string {
  return `${value}\0${id}`;
}

export function heldTombstone<Body>(collection: Collection<Body>, removal: Removal): Held {
  return { ...held(collection, removal), keys: {}, removedAt: removal.at };
}

function held<Body>({ name, ...collection }: Collection<Body>, put: Omit<Put<unknown>, 'body'>): Omit<Held, 'keys'> {
  const { schemaVersion } = collection;
  return {
    _id: checkId({ name, ...collection }, put.id),
    version: put.expectedVersion + 1,
    bodyVersion: put.expectedVersion + 1,
    schemaVersion,
    keysVersion: schemaVersion,
    answers: namesOut(asJson(put.answers)),
    unpublished: namesOut(asJson(put.unpublished)),
    ...(put.unpublished.length > 0 ? { pending: true } : {}),
  };
}

export function storedOf<Body>(collection: Collection<Body>, document: Held): Stored<Body> {
  const { _id: id, version, bodyVersion = version, schemaVersion } = document;
  const body = currentBody(collection, { id, schemaVersion, body: namesIn(document.body) });
  return { id, version, bodyVersion, schemaVersion: collection.schemaVersion, ...answersAndFacts(document), body };
}

/** The filter for documents whose body a put of version `bodyVersion` wrote. */
export function withBody(bodyVersion: number): Filter<Held> {
  return { $or: [{ bodyVersion }, { bodyVersion: { $exists: false }, version: bodyVersion }] };
}

export function tombstoneOf(document: Held, removedAt: string): Tombstone {
  const { _id: id, version, schemaVersion } = document;
  return { id, version, schemaVersion, removedAt, ...answersAndFacts(document) };
}

export function factsOf({ unpublished }: Pick<Held, 'unpublished'>): UnpublishedFact[] {
  return namesIn(unpublished) as UnpublishedFact[];
}

function answersAndFacts(document: Held): { answers: StoredAnswer[]; unpublished: UnpublishedFact[] } {
  return { answers: namesIn(document.answers) as StoredAnswer[], unpublished: factsOf(document) };
}

/** What JSON keeps of a value: the same as the sqlite store keeps, and nothing BSON would give a meaning of its own. */
function asJson(value: unknown): unknown {
  return JSON.parse(jsonText(value));
}

/**
 * Field names may hold anything in JSON. In MongoDB a dot is a path, a dollar an operator, NUL ends the name, and the
 * driver gives `_bsontype` a meaning: such names are stored percent-encoded, the empty one as `%`.
 */
function namesOut(value: unknown): unknown {
  return withNames(value, (name) => {
    if (name === '') return '%';
    if (name === '_bsontype') return '%5Fbsontype';
    return name.replace(/[%.$\0]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  });
}

function namesIn(value: unknown): unknown {
  return withNames(value, (name) =>
    name === '%' ? '' : name.replace(/%([0-9A-Fa-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
  );
}

function withNames(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withNames(item, rename));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [rename(name), withNames(field, rename)]));
}
