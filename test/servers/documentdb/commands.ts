import type { Document } from 'bson';
import type { Pool } from 'pg';
import { makeCursors, opensCursor } from './cursors.ts';
import { failure, failureOf, WRITE_CONFLICT, withMongoCodes } from './mongo-errors.ts';
import { makeTransactions, type Transaction } from './transactions.ts';
import { type Command, sessionOf } from './wire.ts';

export type Reply = Buffer | Document;

/** Writes, and the field whose documents a driver sends beside the command. */
const WRITES: Record<string, string> = { insert: 'documents', update: 'updates', delete: 'deletes' };

/** Outside of a transaction MongoDB repeats by itself what conflicts (or deadlocks) with others; a client never sees it. */
const CONFLICT_ATTEMPTS = 20;

/** Connections to PostgreSQL that no transaction takes. */
const SPARE_CONNECTIONS = 20;

/** Commands that are one call of the extension. `$1` is the database, `$2` the command. */
const CALLS: Record<string, string> = {
  count: 'SELECT document::bytea AS reply FROM documentdb_api.count_query($1, $2::bytea)',
  distinct: 'SELECT document::bytea AS reply FROM documentdb_api.distinct_query($1, $2::bytea)',
  create: 'SELECT documentdb_api.create_collection_view($1, $2::bytea)::bytea AS reply',
  createIndexes: 'SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2::bytea, true)::bytea AS reply',
  validate: 'SELECT document::bytea AS reply FROM documentdb_api.validate($1, $2::bytea)',
};

/** Carries out MongoDB's commands on PostgreSQL. Never throws: what fails is a reply too. */
export function makeCommands(pool: Pool, serverVersion: string): (command: Command) => Promise<Reply> {
  const cursors = makeCursors(pool);
  const transactions = makeTransactions(pool, (pool.options.max ?? 10) - SPARE_CONNECTIONS);

  async function answer(command: Command): Promise<Reply> {
    const { name, document, inTransaction } = command;
    if (name === 'endSessions') await transactions.endSessions(document.endSessions.map(sessionOf));
    if (name === 'commitTransaction' || name === 'abortTransaction') return transactions.end(command);
    if (!inTransaction) return answerWithin(command, undefined);
    const transaction = await transactions.of(command);
    if ('ok' in transaction) return transaction;
    try {
      return await answerWithin(command, transaction);
    } catch (error) {
      await transactions.abandon(command);
      throw error;
    }
  }

  async function answerWithin(command: Command, transaction: Transaction | undefined): Promise<Reply> {
    const { name, database, document, raw } = command;
    const query = async (text: string, values: unknown[]) =>
      (await (transaction?.client ?? pool).query(text, values)).rows[0];
    if (opensCursor(name)) return cursors.firstPage(command, transaction);
    if (WRITES[name]) return write(command, query);
    if (CALLS[name]) return (await query(CALLS[name], [database, raw])).reply;
    switch (name) {
      case 'getMore':
        return cursors.nextPage(command, transaction);
      case 'killCursors':
        for (const id of document.cursors) cursors.kill(String(id));
        return { cursorsKilled: document.cursors, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [], ok: 1 };
      case 'findAndModify':
        return (
          await query('SELECT p_result::bytea AS reply FROM documentdb_api.find_and_modify($1, $2::bytea, $3)', [
            database,
            raw,
            retryOf(command),
          ])
        ).reply;
      case 'dropIndexes':
        await query('CALL documentdb_api.drop_indexes($1, $2::bytea)', [database, raw]);
        return { ok: 1 };
      case 'drop':
        await query('SELECT documentdb_api.drop_collection($1, $2)', [database, document.drop]);
        return { ok: 1 };
      case 'dropDatabase':
        await query('SELECT documentdb_api.drop_database($1)', [database]);
        return { dropped: database, ok: 1 };
      case 'listDatabases':
        return (await query('SELECT documentdb_api.list_databases($1::bytea)::bytea AS reply', [raw])).reply;
      default:
        return (await answerAboutServer(command)) ?? failure(59, `no such command: '${name}'`);
    }
  }

  async function write(
    command: Command,
    query: (text: string, values: unknown[]) => Promise<{ reply: Buffer }>,
  ): Promise<Reply> {
    const { name, database, raw, sequences, inTransaction } = command;
    const beside = sequences[WRITES[name] ?? ''] ?? null;
    const row = await query(
      `SELECT p_result::bytea AS reply FROM documentdb_api.${name}($1, $2::bytea, $3::bytea, $4)`,
      [database, raw, beside, retryOf(command)],
    );
    const { reply, firstError } = withMongoCodes(row.reply);
    if (!inTransaction || firstError?.code !== WRITE_CONFLICT) return reply;
    await transactions.abandon(command);
    return failure(WRITE_CONFLICT, firstError.errmsg, ['TransientTransactionError']);
  }

  async function answerAboutServer({ name }: Command): Promise<Reply | undefined> {
    switch (name.toLowerCase()) {
      case 'hello':
      case 'ismaster':
        return hello();
      case 'ping':
        await pool.query('SELECT 1');
        return { ok: 1 };
      case 'endsessions':
        return { ok: 1 };
      case 'buildinfo':
        return { version: '7.0.0', versionArray: [7, 0, 0, 0], gitVersion: serverVersion, ok: 1 };
      default:
        return undefined;
    }
  }

  return async (command) => {
    const { inTransaction } = command;
    for (let attempt = 1; ; attempt++) {
      try {
        return await answer(command);
      } catch (error) {
        const failed = failureOf(error, { inTransaction });
        if (inTransaction || failed.code !== WRITE_CONFLICT || attempt === CONFLICT_ATTEMPTS) return failed;
      }
    }
  };
}

/** What a driver reads of a server first. `isdbgrid` makes it a router, whose one address is all there is. */
export function hello(): Document {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    msg: 'isdbgrid',
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ok: 1,
  };
}

/** The extension remembers a retryable write by session and number, so that a second try finds the first one's result. */
function retryOf({ session, txnNumber, inTransaction }: Command): string | null {
  return !inTransaction && txnNumber !== undefined ? `${session}:${txnNumber}` : null;
}
