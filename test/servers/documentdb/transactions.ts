import type { Pool, PoolClient } from 'pg';
import { type Failure, failure, failureOf, LOCK_TIMEOUT } from './mongo-errors.ts';
import type { Command } from './wire.ts';

/** A transaction of a session: a PostgreSQL connection that belongs to it until it ends. */
export type Transaction = { client: PoolClient; txnNumber: string | undefined; expiry: NodeJS.Timeout };

export type Transactions = {
  /** The transaction a command belongs to, begun when the command starts it. */
  of(command: Command): Promise<Transaction | Failure>;
  /** Commits or aborts. An abort of what is not there is fine, as in MongoDB. */
  end(command: Command): Promise<{ ok: 1 } | Failure>;
  /** Rolls back after a failed command: a transaction does not survive one. */
  abandon(command: Command): Promise<void>;
  /** Rolls back what is open of sessions that end; they are named as in `Command.session`. */
  endSessions(sessions: readonly string[]): Promise<void>;
};

/** Snapshot isolation; a row that another transaction holds is a write conflict at once, as in MongoDB. */
const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '25ms'";

/** One that its client forgot is aborted: MongoDB's `transactionLifetimeLimitSeconds`. */
const LIFETIME_MS = 60_000;

/**
 * `atMost` are open at once: one more does not wait, for a client may have no connection left on which to end those
 * that are open. MongoDB too fails a transaction that cannot get what it needs within 5 ms, and a driver repeats it.
 */
export function makeTransactions(pool: Pool, atMost: number): Transactions {
  const open = new Map<string, Transaction>();
  let begun = 0;

  async function begin(session: string, txnNumber: string | undefined): Promise<Transaction | Failure> {
    await rollBack(session);
    if (begun >= atMost) return failure(LOCK_TIMEOUT, `${atMost} transactions are open`, ['TransientTransactionError']);
    begun++;
    const client = await pool.connect().catch((error: Error) => {
      begun--;
      throw error;
    });
    const transaction = { client, txnNumber, expiry: setTimeout(() => void rollBack(session), LIFETIME_MS) };
    open.set(session, transaction);
    await client.query(BEGIN);
    return transaction;
  }

  /** Takes a transaction out, so that nobody else ends it too. */
  function take(session: string): Transaction | undefined {
    const transaction = open.get(session);
    open.delete(session);
    clearTimeout(transaction?.expiry);
    return transaction;
  }

  function letGo({ client }: Transaction, broken?: Error): void {
    begun--;
    client.release(broken);
  }

  async function rollBack(session: string): Promise<void> {
    const transaction = take(session);
    if (transaction) await undo(transaction);
  }

  /** A connection whose rollback fails is broken: it is closed instead of given back. */
  async function undo(transaction: Transaction): Promise<void> {
    const broken = await transaction.client.query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
    letGo(transaction, broken);
  }

  return {
    async of({ session = '', txnNumber, startsTransaction }) {
      if (startsTransaction) return begin(session, txnNumber);
      const transaction = open.get(session);
      return transaction?.txnNumber === txnNumber && transaction ? transaction : noSuchTransaction(txnNumber);
    },

    async end({ name, session = '', txnNumber }) {
      const transaction = open.get(session)?.txnNumber === txnNumber ? take(session) : undefined;
      if (!transaction) return name === 'abortTransaction' ? { ok: 1 } : noSuchTransaction(txnNumber);
      if (name === 'abortTransaction') {
        await undo(transaction);
        return { ok: 1 };
      }
      try {
        await transaction.client.query('COMMIT');
        letGo(transaction);
        return { ok: 1 };
      } catch (error) {
        await undo(transaction);
        return failureOf(error, { inTransaction: true });
      }
    },

    abandon: ({ session = '' }) => rollBack(session),

    endSessions: async (sessions) => void (await Promise.all(sessions.map(rollBack))),
  };
}

function noSuchTransaction(txnNumber: string | undefined): Failure {
  return failure(251, `Given transaction number ${txnNumber} does not match any in-progress transactions`, [
    'TransientTransactionError',
  ]);
}
