import type { DatabaseSync } from 'node:sqlite';

/** Runs pieces of work, each all or nothing, in transactions that those of one turn of the event loop share. */
export type GroupCommit = {
  /** Resolves with what the work answers when it is durable; rejects with what it throws, and then it left nothing. */
  run<T>(work: () => T): Promise<T>;
  /** Carries out what waits, now; anything later is rejected. */
  close(): void;
};

type Waiting = { work: () => unknown; done: (answer: unknown) => void; failed: (problem: unknown) => void };

/** With `synchronous=FULL` a transaction costs one fsync, however many pieces of work are in it. */
export function makeGroupCommit(database: DatabaseSync): GroupCommit {
  const savepoint = database.prepare('SAVEPOINT work');
  const keep = database.prepare('RELEASE work');
  const undo = database.prepare('ROLLBACK TO work');
  let waiting: Waiting[] = [];
  let closed = false;

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    try {
      database.exec('BEGIN IMMEDIATE');
      const tell = group.map(carryOut);
      database.exec('COMMIT');
      for (const each of tell) each();
    } catch (problem) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const { failed } of group) failed(problem);
    }
  }

  /** Answers how to tell the outcome, once the transaction is durable. */
  function carryOut({ work, done, failed }: Waiting): () => void {
    savepoint.run();
    try {
      const answer = work();
      keep.run();
      return () => done(answer);
    } catch (problem) {
      undo.run();
      keep.run();
      return () => failed(problem);
    }
  }

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (closed) throw new Error('the store is closed');
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ work, done: (answer) => resolve(answer as T), failed: reject });
      }),
    close: () => {
      closed = true;
      flush();
    },
  };
}
