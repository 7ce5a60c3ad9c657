import type { Pool, PoolClient } from 'pg';
import { type Failure, failure, failureOf } from './mongo-errors.ts';
import type { Command } from './wire.ts';

/** A transaction of a session: a PostgreSQL connection that belongs to it until it ends. */
export type Transaction = { client: PoolClient; txnNumber: string | undefined };

export type Transactions = {
  /** The transaction a command belongs to, begun when the command starts it. */
  of(command: Command): Promise<Transaction | Failure>;
  /** Commits or aborts. An abort of what is not there is fine, as in MongoDB. */
  end(command: Command): Promise<{ ok: 1 } | Failure>;
  /** Rolls back after a failed command: a transaction does not survive one. */
  abandon(command: Command): Promise<void>;
};

/** Snapshot isolation; a row that another transaction holds is a write conflict at once, as in MongoDB. */
const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '25ms'";

export function makeTransactions(pool: Pool): Transactions {
  const open = new Map<string, Transaction>();

  async function begin(session: string, txnNumber: string | undefined): Promise<Transaction> {
    await rollBack(session);
    const client = await pool.connect();
    await client.query(BEGIN);
    const transaction = { client, txnNumber };
    open.set(session, transaction);
    return transaction;
  }

  async function rollBack(session: string): Promise<void> {
    const transaction = open.get(session);
    if (!transaction) return;
    open.delete(session);
    // a connection whose rollback fails is broken: it is closed instead of given back
    const broken = await transaction.client.query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
    transaction.client.release(broken);
  }

  return {
    async of({ session = '', txnNumber, startsTransaction }) {
      if (startsTransaction) return begin(session, txnNumber);
      const transaction = open.get(session);
      return transaction?.txnNumber === txnNumber && transaction ? transaction : noSuchTransaction(txnNumber);
    },

    async end({ name, session = '', txnNumber }) {
      const transaction = open.get(session);
      if (!transaction || transaction.txnNumber !== txnNumber) {
        return name === 'abortTransaction' ? { ok: 1 } : noSuchTransaction(txnNumber);
      }
      if (name === 'abortTransaction') {
        await rollBack(session);
        return { ok: 1 };
      }
      try {
        await transaction.client.query('COMMIT');
        open.delete(session);
        transaction.client.release();
        return { ok: 1 };
      } catch (error) {
        await rollBack(session);
        return failureOf(error, { inTransaction: true });
      }
    },

    abandon: ({ session = '' }) => rollBack(session),
  };
}

function noSuchTransaction(txnNumber: string | undefined): Failure {
  return failure(251, `Given transaction number ${txnNumber} does not match any in-progress transactions`, [
    'TransientTransactionError',
  ]);
}
