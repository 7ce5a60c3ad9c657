import { type Clock, isoNow, systemClock } from '@vfleet/process/clock';
import { type ClientSession, MongoClient, MongoError, ReadConcern, type TransactionOptions } from 'mongodb';
import type { CommitOutcome, DocumentStore, Documents, PutOutcome, Write } from './documents.ts';
import { openMongoDocuments } from './mongo-documents.ts';
import { isDuplicate } from './mongo-indexes.ts';
import type { MongoWriter } from './mongo-writer.ts';
import { makeTurns } from './turns.ts';

/** A transaction that others' writes keep breaking is given up after this many attempts: about half a minute. */
const TRANSACTION_ATTEMPTS = 100;

/** Durable on a majority's disks; read from the primary what a majority holds. No setting of the URL weakens it. */
const CONCERNS = {
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
  readConcern: new ReadConcern('majority'),
  readPreference: 'primary',
} as const;
const TRANSACTION: TransactionOptions = { ...CONCERNS, readConcern: new ReadConcern('snapshot') };

/**
 * Opens the documents of a MongoDB replica set or sharded cluster, or of a server that speaks its protocol. Credentials
 * and TLS come with the URL; the database is `database`, else the URL's, else `vfleet`. Throws within seconds, naming
 * the servers but never the credentials, when none answers, and when the server has no transactions.
 */
export async function openMongo({
  url,
  database: name,
  clock = systemClock(),
}: {
  url: string;
  database?: string;
  clock?: Clock;
}): Promise<DocumentStore> {
  const client = await connect(url);
  const database = client.db(name ?? (/^[^/]+\/\/[^/]+\/[^?]/.test(url) ? undefined : 'vfleet'), CONCERNS);
  const writers = new WeakMap<Documents<never>, MongoWriter>();
  const inTurn = makeTurns();

  return {
    open: async (collection) => {
      const { documents, writer } = await openMongoDocuments(collection, database);
      writers.set(documents as unknown as Documents<never>, writer);
      return documents;
    },
    commit: async (writes) => {
      const steps = writes.map((write) => ready(write, writers.get(write.documents)));
      return inTurn(writes.map(documentOf), () => client.withSession((session) => carryOut(session, steps)));
    },
    ping: async () => {
      const ping = database.collection<{ _id: string; at: string }>('ping');
      await ping.updateOne({ _id: 'ping' }, { $set: { at: isoNow(clock) } }, { upsert: true });
    },
    close: () => client.close(),
  };
}

async function connect(url: string): Promise<MongoClient> {
  let servers = 'the URL';
  let client: MongoClient | undefined;
  try {
    const limits = { serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 3_000, socketTimeoutMS: 30_000 };
    client = new MongoClient(url, { appName: 'vfleet', ...limits });
    servers = client.options.hosts.join(', ');
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello.setName !== undefined || hello.msg === 'isdbgrid') return client;
    throw new Error('it is a standalone server, which has no transactions: make it a replica set');
  } catch (problem) {
    await client?.close();
    const reason = problem instanceof Error ? problem.message : problem;
    throw new Error(`MongoDB at ${servers} cannot be used: ${reason}`, { cause: problem });
  }
}

/**
 * Two transactions that write one document break each other, so those of one process wait for each other instead; what
 * other processes break is repeated.
 */
function documentOf(write: Write): string {
  const { name } = write.documents.collection;
  switch (write.kind) {
    case 'put':
      return `${name} ${write.put.id}`;
    case 'remove':
      return `${name} ${write.removal.id}`;
    case 'guard':
      return `${name} ${write.id}`;
    default:
      return write satisfies never;
  }
}

type Step = (session: ClientSession) => Promise<PutOutcome>;

function ready(write: Write, writer: MongoWriter | undefined): Step {
  if (!writer) throw new Error(`${write.documents.collection.name} is not of this store`);
  switch (write.kind) {
    case 'put':
      return writer.putStep(write.put);
    case 'remove':
      return writer.removeStep(write.removal);
    case 'guard':
      return writer.guardStep(write.id, write.bodyVersion);
    default:
      return write satisfies never;
  }
}

/** The driver repeats a transaction that others' writes broke, with jitter; a duplicate found only by the index is one. */
async function carryOut(session: ClientSession, steps: readonly Step[]): Promise<CommitOutcome> {
  let attempt = 0;
  let last: unknown;
  return session.withTransaction(async () => {
    if (++attempt > TRANSACTION_ATTEMPTS) {
      throw new Error(`a transaction was broken by others ${TRANSACTION_ATTEMPTS} times`, { cause: last });
    }
    try {
      return await inTransaction(session, steps);
    } catch (problem) {
      last = problem;
      if (problem instanceof MongoError && isDuplicate(problem)) problem.addErrorLabel('TransientTransactionError');
      throw problem;
    }
  }, TRANSACTION);
}

async function inTransaction(session: ClientSession, steps: readonly Step[]): Promise<CommitOutcome> {
  const versions: number[] = [];
  for (const [at, step] of steps.entries()) {
    const outcome = await step(session);
    if (!outcome.ok) {
      await session.abortTransaction();
      return { ok: false, at, outcome };
    }
    versions.push(outcome.version);
  }
  return { ok: true, versions };
}
