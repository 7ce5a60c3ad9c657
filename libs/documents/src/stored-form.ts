import { z } from 'zod';
import type { Collection } from './documents.ts';

/** Half a surrogate pair, as JSON.stringify writes it: escaped, after an even number of backslashes. */
const HALF_CHARACTER = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Throws when a collection is declared in a way some store could not hold. */
export function checkCollection<Body>({ name, keys, schemaVersion, upgrade }: Collection<Body>): void {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) throw new Error(`${name}: a collection is named in lower case`);
  for (const key of Object.keys(keys)) {
    if (!/^[A-Za-z][A-Za-z0-9]{0,62}$/.test(key))
      throw new Error(`${name}: a key is named in letters and digits, not ${key}`);
  }
  for (let version = 1; version < schemaVersion; version++) {
    if (!upgrade?.[version]) throw new Error(`${name}: no upgrade from schema version ${version}`);
  }
}

/** The id, when every store can hold it and tell it from others; else it throws. */
export function checkId<Body>({ name }: Collection<Body>, id: string): string {
  if (id === '') throw new Error(`${name}: an id is never empty`);
  return checkText(id, `${name}: an id`);
}

/** The body as it is stored: valid by the schema, unknown fields left out. Throws with every problem. */
export function validBody<Body>(collection: Collection<Body>, id: string, body: unknown): Body {
  const parsed = collection.schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`${collection.name} ${id} breaks its schema: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}

/**
 * A body that was read, brought to the collection's schema version. Throws on a newer one: a process of an older
 * release must not judge, and then overwrite, what it does not understand.
 */
export function currentBody<Body>(
  collection: Collection<Body>,
  { id, schemaVersion, body }: { id: string; schemaVersion: number; body: unknown },
): Body {
  if (schemaVersion === collection.schemaVersion) return body as Body;
  if (schemaVersion > collection.schemaVersion) {
    throw new Error(
      `${collection.name} ${id} has schema version ${schemaVersion}, this process knows ${collection.schemaVersion}: it was written by a newer release`,
    );
  }
  let upgraded = body;
  for (let version = schemaVersion; version < collection.schemaVersion; version++) {
    upgraded = collection.upgrade?.[version]?.(upgraded);
  }
  return validBody(collection, id, upgraded);
}

/** The values each key of a body holds, each once; a key that holds none is left out. */
export function keysOf<Body>(collection: Collection<Body>, body: Body): [key: string, values: string[]][] {
  return Object.entries(collection.keys).flatMap(([key, { of, sorted }]): [string, string[]][] => {
    const held = of(body) ?? [];
    const values = [...new Set(typeof held === 'string' ? [held] : held)];
    for (const value of values) checkText(value, `${collection.name}: key ${key}`);
    if (sorted && values.length > 1) throw new Error(`${collection.name}: key ${key} is sorted, so it holds one value`);
    return values.length === 0 ? [] : [[key, values]];
  });
}

/** The JSON text of a value. Throws on half a surrogate pair, which UTF-8 cannot carry. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  if (HALF_CHARACTER.test(text)) throw new Error('a document holds half a surrogate pair');
  return text;
}

/** Throws on a key the collection does not declare. */
export function checkKey<Body>({ name, keys }: Collection<Body>, key: string): void {
  if (!Object.hasOwn(keys, key))
    throw new Error(`${name} has no key ${key}; it has: ${Object.keys(keys).join(', ') || 'none'}`);
}

/** Throws on a key that the collection does not declare as sorted. */
export function checkSortedKey<Body>(collection: Collection<Body>, key: string): void {
  checkKey(collection, key);
  if (!collection.keys[key]?.sorted) throw new Error(`${collection.name}: key ${key} is not declared as sorted`);
}

/** Whether a text can be an id or a key's value, or the beginning of one. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function checkText(text: string, what: string): string {
  if (!isText(text)) throw new Error(`${what} holds NUL or half a surrogate pair`);
  return text;
}
