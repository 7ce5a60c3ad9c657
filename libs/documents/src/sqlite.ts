import { type Clock, isoNow, systemClock } from '@vfleet/process/clock';
import { holdFolder } from '@vfleet/process/hold-folder';
import type { CommitOutcome, DocumentStore, Documents, PutOutcome, Refused, Write } from './documents.ts';
import { openSqliteDocuments, type Writer } from './sqlite-documents.ts';
import { makeGroupCommit } from './sqlite-group-commit.ts';
import { openDatabase, prepareStatements } from './sqlite-tables.ts';

/**
 * Opens the documents of one process on its own disk. What was answered survives kill -9 and power loss. Throws when
 * another process holds the folder, or when the database in it is damaged or of a newer release.
 */
export async function openSqlite({
  folder,
  clock = systemClock(),
}: {
  folder: string;
  clock?: Clock;
}): Promise<DocumentStore> {
  const held = await holdFolder(folder, isoNow(clock));
  let database: ReturnType<typeof openDatabase>;
  try {
    database = openDatabase(held.path);
  } catch (problem) {
    held.release();
    throw problem;
  }
  const statements = prepareStatements(database);
  const group = makeGroupCommit(database);
  const writers = new WeakMap<Documents<never>, Writer>();

  return {
    open: async (collection) => {
      const { documents, writer } = await openSqliteDocuments(collection, { statements, group });
      writers.set(documents as unknown as Documents<never>, writer);
      return documents;
    },
    commit: async (writes) => {
      const works = writes.map((write) => ready(write, writers.get(write.documents)));
      try {
        return { ok: true, versions: await group.run(() => works.map(carryOut)) };
      } catch (problem) {
        if (problem instanceof CommitRefused) return problem.outcome;
        throw problem;
      }
    },
    ping: () => group.run(() => void statements.ping.run(isoNow(clock))),
    close: async () => {
      if (!database.isOpen) return;
      group.close();
      database.close();
      held.release();
    },
  };
}

/** Rolls the work back; never leaves this file. */
class CommitRefused extends Error {
  readonly outcome: CommitOutcome;
  constructor(at: number, outcome: Refused) {
    super('commit refused');
    this.outcome = { ok: false, at, outcome };
  }
}

function ready(write: Write, writer: Writer | undefined): () => PutOutcome {
  if (!writer) throw new Error(`${write.documents.collection.name} is not of this store`);
  switch (write.kind) {
    case 'put':
      return writer.put(write.put);
    case 'remove':
      return writer.remove(write.removal);
    case 'guard':
      return writer.guard(write.id, write.bodyVersion);
    default:
      return write satisfies never;
  }
}

function carryOut(work: () => PutOutcome, at: number): number {
  const outcome = work();
  if (!outcome.ok) throw new CommitRefused(at, outcome);
  return outcome.version;
}
