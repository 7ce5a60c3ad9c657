import type { Pool, PoolClient } from 'pg';
import { type Failure, failure } from './mongo-errors.ts';
import type { Transaction } from './transactions.ts';
import type { Command } from './wire.ts';

/** A result that has more pages. A persistent one lives in its PostgreSQL connection, which it keeps until it ends. */
type Cursor = { client: PoolClient | undefined; continuation: Buffer };

export type Cursors = {
  /** Answers a command that opens a cursor with its first page. */
  firstPage(command: Command, transaction: Transaction | undefined): Promise<Buffer>;
  nextPage(command: Command, transaction: Transaction | undefined): Promise<Buffer | Failure>;
  kill(id: string): void;
};

const FIRST_PAGE: Record<string, string> = {
  find: 'find_cursor_first_page',
  aggregate: 'aggregate_cursor_first_page',
  listCollections: 'list_collections_cursor_first_page',
  listIndexes: 'list_indexes_cursor_first_page',
};

export function opensCursor(name: string): boolean {
  return Object.hasOwn(FIRST_PAGE, name);
}

export function makeCursors(pool: Pool): Cursors {
  const open = new Map<string, Cursor>();

  return {
    async firstPage({ name, database, raw }, transaction) {
      const client = transaction?.client ?? (await pool.connect());
      let kept = false;
      try {
        const { rows } = await client.query(
          `SELECT cursorpage::bytea AS page, continuation::bytea AS continuation, persistconnection AS persistent, cursorid AS id
             FROM documentdb_api.${FIRST_PAGE[name]}($1, $2::bytea)`,
          [database, raw],
        );
        const { page, continuation, persistent, id } = rows[0];
        if (continuation) {
          kept = persistent && !transaction;
          open.set(String(id), { client: kept ? client : undefined, continuation });
        }
        return page;
      } finally {
        if (!transaction && !kept) client.release();
      }
    },

    async nextPage({ database, document, raw }, transaction) {
      const id = String(document.getMore);
      const cursor = open.get(id);
      if (!cursor) return failure(43, `cursor id ${id} not found`);
      const client = transaction?.client ?? cursor.client ?? (await pool.connect());
      let ended = true;
      try {
        const { rows } = await client.query(
          `SELECT cursorpage::bytea AS page, continuation::bytea AS continuation
             FROM documentdb_api.cursor_get_more($1, $2::bytea, $3::bytea)`,
          [database, raw, cursor.continuation],
        );
        const { page, continuation } = rows[0];
        if (continuation) {
          cursor.continuation = continuation;
          ended = false;
        }
        return page;
      } finally {
        if (ended) open.delete(id);
        if (!transaction && (ended || !cursor.client)) client.release();
      }
    },

    kill(id) {
      const cursor = open.get(id);
      open.delete(id);
      // the cursor is open in that connection: only its end is sure to close it
      cursor?.client?.release(true);
    },
  };
}
