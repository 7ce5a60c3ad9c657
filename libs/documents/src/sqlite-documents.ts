import type {
  Collection,
  Documents,
  Put,
  PutOutcome,
  Removal,
  Stored,
  Tombstone,
  UnpublishedFact,
} from './documents.ts';
import { prefixEnd } from './prefix-end.ts';
import type { GroupCommit } from './sqlite-group-commit.ts';
import type { Row, Statements } from './sqlite-tables.ts';
import {
  checkCollection,
  checkId,
  checkKey,
  checkSortedKey,
  currentBody,
  isText,
  jsonText,
  keysOf,
  validBody,
} from './stored-form.ts';

const PAGE = 500;

/** No id is empty. */
const BEFORE_IDS = '';
/** To sqlite every blob is greater than every text. */
const BEHIND_TEXTS = new Uint8Array();

/** Writes made ready outside a transaction (where they throw when invalid) and carried out inside one. */
export type Writer = {
  put(put: Put<unknown>): () => PutOutcome;
  remove(removal: Removal): () => PutOutcome;
  guard(id: string, bodyVersion: number): () => PutOutcome;
};

type Surroundings = { statements: Statements; group: GroupCommit };

/** Opens one collection of a sqlite store. */
export async function openSqliteDocuments<Body>(
  collection: Collection<Body>,
  { statements, group }: Surroundings,
): Promise<{ documents: Documents<Body>; writer: Writer }> {
  checkCollection(collection);
  await computeOldKeys(collection, { statements, group });
  checkUniqueKeys(collection, statements);
  const { name } = collection;
  const writer = makeWriter(collection, statements);
  const read = (id: string) => statements.read.get(name, checkId(collection, id)) as Row | undefined;
  const stored = (rows: unknown[]) => (rows as Row[]).map((row) => asStored(collection, row));

  const documents: Documents<Body> = {
    collection,
    get: async (id) => {
      const row = read(id);
      return row && row.removed_at === null ? asStored(collection, row) : undefined;
    },
    tombstone: async (id) => {
      const row = read(id);
      return row && row.removed_at !== null ? asTombstone(row, row.removed_at) : undefined;
    },
    find: async (key, value, { limit, after = '' }) => {
      checkKey(collection, key);
      return stored(statements.find.all(name, key, value, after, limit));
    },
    search: async (key, prefix, { limit, after }) => {
      checkSortedKey(collection, key);
      if (!isText(prefix)) return [];
      const { value: $value, id: $id } = after ?? { value: prefix, id: BEFORE_IDS };
      const range = { $value, $id, $prefix: prefix, $end: prefixEnd(prefix) ?? BEHIND_TEXTS };
      const rows = statements.search.all({ $collection: name, $key: key, ...range, $limit: limit });
      return (rows as (Row & { value: string })[]).map((row) => ({
        value: row.value,
        document: asStored(collection, row),
      }));
    },
    list: async ({ limit, after = '' }) => stored(statements.list.all(name, after, limit)),
    put: async (put) => group.run(writer.put(put)),
    remove: async (removal) => group.run(writer.remove(removal)),
    findUnpublished: async (limit, after = '') =>
      (statements.unpublished.all(name, after, limit) as Row[]).map(({ id, version, unpublished }) => ({
        id,
        version,
        unpublished: JSON.parse(unpublished),
      })),
    clearPublished: (id, factIds) => group.run(() => clearPublished(statements, { name, id, factIds })),
    purgeTombstones: (before) => group.run(() => Number(statements.purge.run(name, before).changes)),
  };
  return { documents, writer };
}

function makeWriter<Body>(collection: Collection<Body>, statements: Statements): Writer {
  const { name, schemaVersion } = collection;
  const isAt = (id: string, version: number) => {
    const row = statements.version.get(name, id);
    return (row?.version ?? 0) === version && (row?.removed_at ?? null) === null;
  };
  const write = ({ id, expectedVersion, answers, unpublished }: Omit<Put<unknown>, 'body'>) => {
    const row = {
      $collection: name,
      $id: checkId(collection, id),
      $version: expectedVersion + 1,
      $schemaVersion: schemaVersion,
      $answers: jsonText(answers),
      $unpublished: jsonText(unpublished),
    };
    return (rest: { $body: string | null; $removedAt: string | null }) =>
      void statements.write.run({ ...row, ...rest });
  };

  return {
    put: (put) => {
      const body = validBody(collection, put.id, put.body);
      const keys = keysOf(collection, body);
      const $body = jsonText(body);
      const writeRow = write(put);
      return () => {
        if (!isAt(put.id, put.expectedVersion)) return { ok: false, reason: 'version' };
        const held = heldKey(collection, statements, { id: put.id, keys });
        if (held) return { ok: false, reason: 'unique', ...held };
        replaceKeys(statements, { name, id: put.id, keys });
        writeRow({ $body, $removedAt: null });
        return { ok: true, version: put.expectedVersion + 1 };
      };
    },
    remove: (removal) => {
      const writeRow = write(removal);
      return () => {
        const { id, expectedVersion, at } = removal;
        if (expectedVersion === 0 || !isAt(id, expectedVersion)) return { ok: false, reason: 'version' };
        statements.dropKeys.run(name, id);
        writeRow({ $body: null, $removedAt: at });
        return { ok: true, version: expectedVersion + 1 };
      };
    },
    guard: (id, bodyVersion) => () => {
      const raised = statements.raise.get(name, id, bodyVersion);
      return raised ? { ok: true, version: Number(raised.version) } : { ok: false, reason: 'version' };
    },
  };
}

/** Another document that holds a unique key's value; nobody else writes, so it stays so until the commit. */
function heldKey<Body>(
  collection: Collection<Body>,
  statements: Statements,
  { id, keys }: { id: string; keys: [string, string[]][] },
): { key: string; value: string; holder: string } | undefined {
  for (const [key, values] of keys) {
    if (!collection.keys[key]?.unique) continue;
    for (const value of values) {
      const holder = statements.holder.get(collection.name, key, value, id);
      if (holder) return { key, value, holder: String(holder.id) };
    }
  }
  return undefined;
}

function replaceKeys(
  statements: Statements,
  { name, id, keys }: { name: string; id: string; keys: [string, string[]][] },
): void {
  statements.dropKeys.run(name, id);
  for (const [key, values] of keys) for (const value of values) statements.addKey.run(name, key, value, id);
}

function clearPublished(
  statements: Statements,
  { name, id, factIds }: { name: string; id: string; factIds: readonly string[] },
): void {
  const row = statements.read.get(name, id) as Row | undefined;
  if (!row) return;
  const unpublished = JSON.parse(row.unpublished) as UnpublishedFact[];
  const left = unpublished.filter((fact) => !factIds.includes(fact.id));
  if (left.length < unpublished.length) statements.setUnpublished.run(name, id, jsonText(left));
}

/** Computes the keys of documents that an older schema version wrote; their bodies stay until the next put. */
async function computeOldKeys<Body>(collection: Collection<Body>, { statements, group }: Surroundings): Promise<void> {
  const { name, schemaVersion } = collection;
  const computePage = () => {
    const rows = statements.oldKeys.all(name, schemaVersion, PAGE) as Row[];
    for (const row of rows) {
      const { id, body } = asStored(collection, row);
      replaceKeys(statements, { name, id, keys: keysOf(collection, body) });
      statements.setKeysVersion.run(name, id, schemaVersion);
    }
    return rows.length;
  };
  while ((await group.run(computePage)) > 0);
}

function checkUniqueKeys<Body>({ name, keys }: Collection<Body>, statements: Statements): void {
  for (const [key, { unique }] of Object.entries(keys)) {
    const shared = unique && statements.shared.get(name, key);
    if (shared)
      throw new Error(`${name}: ${shared.one} and ${shared.other} both hold ${key} ${shared.value}, which is unique`);
  }
}

function asStored<Body>(collection: Collection<Body>, row: Row): Stored<Body> {
  const body = JSON.parse(row.body ?? 'null');
  return {
    id: row.id,
    version: row.version,
    bodyVersion: row.body_version,
    schemaVersion: collection.schemaVersion,
    answers: JSON.parse(row.answers),
    unpublished: JSON.parse(row.unpublished),
    body: currentBody(collection, { id: row.id, schemaVersion: row.schema_version, body }),
  };
}

function asTombstone(row: Row, removedAt: string): Tombstone {
  const { id, version, schema_version: schemaVersion } = row;
  return {
    id,
    version,
    schemaVersion,
    removedAt,
    answers: JSON.parse(row.answers),
    unpublished: JSON.parse(row.unpublished),
  };
}
