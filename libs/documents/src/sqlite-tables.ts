import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Version of the tables below, kept in `user_version`. */
const LAYOUT = 2;

/**
 * `keys_version` is the schema version whose key functions filled `keys`; a tombstone has no body and no keys.
 * `body_version` is the version of the last put or removal, which guards do not raise.
 */
const TABLES = `
  CREATE TABLE documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body_version INTEGER NOT NULL,
    schema_version INTEGER NOT NULL, keys_version INTEGER NOT NULL, removed_at TEXT, answers TEXT NOT NULL,
    unpublished TEXT NOT NULL, body TEXT,
    PRIMARY KEY (collection, id)
  ) STRICT;
  CREATE INDEX unpublished_documents ON documents (collection, id) WHERE unpublished <> '[]';
  CREATE INDEX tombstones ON documents (collection, removed_at) WHERE removed_at IS NOT NULL;
  CREATE INDEX keys_versions ON documents (collection, keys_version) WHERE removed_at IS NULL;
  CREATE TABLE keys (
    collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (collection, key, value, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_by_document ON keys (collection, id);
  CREATE TABLE pinged (id INTEGER PRIMARY KEY, at TEXT) STRICT;
`;

/** What brings layout n to n + 1. A document without guards of the newer kind has the body of its version. */
const UPGRADES: Record<number, string> = {
  1: `ALTER TABLE documents ADD COLUMN body_version INTEGER NOT NULL DEFAULT 0;
      UPDATE documents SET body_version = version;`,
};

/**
 * Opens the database, durable on commit: a write-ahead log that is synced with every transaction (`synchronous=FULL`;
 * `fullfsync` for macOS, whose fsync does not reach the disk).
 */
export function openDatabase(folder: string): DatabaseSync {
  const file = join(folder, 'documents.sqlite');
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    const layout = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (layout > LAYOUT) throw new Error(`its layout ${layout} is of a newer release, this one knows ${LAYOUT}`);
    if (layout < LAYOUT) database.exec(`BEGIN IMMEDIATE; ${stepsFrom(layout)} PRAGMA user_version = ${LAYOUT}; COMMIT`);
  } catch (problem) {
    database.close();
    throw new Error(`${file} cannot be opened: ${problem instanceof Error ? problem.message : problem}`, {
      cause: problem,
    });
  }
  return database;
}

function stepsFrom(layout: number): string {
  if (layout === 0) return TABLES;
  return Array.from({ length: LAYOUT - layout }, (_, step) => UPGRADES[layout + step]).join('\n');
}

/** A row as it is read. */
export type Row = {
  id: string;
  version: number;
  body_version: number;
  schema_version: number;
  removed_at: string | null;
  answers: string;
  unpublished: string;
  body: string | null;
};

export type Statements = ReturnType<typeof prepareStatements>;

/** Every statement there is, prepared once; all name their collection first. */
export function prepareStatements(database: DatabaseSync) {
  const columns = 'id, version, body_version, schema_version, removed_at, answers, unpublished, body';
  const page = 'ORDER BY id LIMIT ?';
  return {
    read: database.prepare(`SELECT ${columns} FROM documents WHERE collection = ? AND id = ?`),
    version: database.prepare('SELECT version, removed_at FROM documents WHERE collection = ? AND id = ?'),
    list: database.prepare(
      `SELECT ${columns} FROM documents WHERE collection = ? AND id > ? AND removed_at IS NULL ${page}`,
    ),
    find: database.prepare(
      `SELECT ${columns} FROM keys JOIN documents USING (collection, id)
       WHERE keys.collection = ? AND key = ? AND value = ? AND keys.id > ? ORDER BY keys.id LIMIT ?`,
    ),
    // the plus keeps the prefix from being taken as the lower bound of the scan instead of the position
    search: database.prepare(
      `SELECT keys.value AS value, ${columns} FROM keys CROSS JOIN documents USING (collection, id)
       WHERE keys.collection = $collection AND key = $key AND (keys.value, keys.id) > ($value, $id)
         AND +keys.value >= $prefix AND keys.value < $end
       ORDER BY keys.value, keys.id LIMIT $limit`,
    ),
    unpublished: database.prepare(
      `SELECT id, version, unpublished FROM documents WHERE collection = ? AND unpublished <> '[]' AND id > ? ${page}`,
    ),
    write: database.prepare(
      `INSERT INTO documents
         (collection, id, version, body_version, schema_version, keys_version, removed_at, answers, unpublished, body)
       VALUES
         ($collection, $id, $version, $version, $schemaVersion, $schemaVersion, $removedAt, $answers, $unpublished, $body)
       ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version, body_version = excluded.body_version,
         schema_version = excluded.schema_version, keys_version = excluded.keys_version,
         removed_at = excluded.removed_at, answers = excluded.answers, unpublished = excluded.unpublished,
         body = excluded.body`,
    ),
    raise: database.prepare(
      `UPDATE documents SET version = version + 1
       WHERE collection = ? AND id = ? AND body_version = ? AND removed_at IS NULL RETURNING version`,
    ),
    setUnpublished: database.prepare('UPDATE documents SET unpublished = ?3 WHERE collection = ?1 AND id = ?2'),
    holder: database.prepare('SELECT id FROM keys WHERE collection = ? AND key = ? AND value = ? AND id <> ? LIMIT 1'),
    addKey: database.prepare('INSERT INTO keys (collection, key, value, id) VALUES (?, ?, ?, ?)'),
    dropKeys: database.prepare('DELETE FROM keys WHERE collection = ? AND id = ?'),
    shared: database.prepare(
      `SELECT value, min(id) AS one, max(id) AS other FROM keys WHERE collection = ? AND key = ?
       GROUP BY value HAVING count(*) > 1 LIMIT 1`,
    ),
    oldKeys: database.prepare(
      `SELECT ${columns} FROM documents WHERE collection = ? AND keys_version < ? AND removed_at IS NULL LIMIT ?`,
    ),
    setKeysVersion: database.prepare('UPDATE documents SET keys_version = ?3 WHERE collection = ?1 AND id = ?2'),
    purge: database.prepare(`DELETE FROM documents WHERE collection = ? AND removed_at < ? AND unpublished = '[]'`),
    ping: database.prepare('INSERT INTO pinged (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at'),
  };
}
