import { MongoClient } from 'mongodb';
import { until } from './condition.ts';
import { startContainer } from './docker.ts';
import { startDocumentdbProcess } from './documentdb/documentdb-process.ts';
import { type Provided, provide, type Started, type Unavailable } from './provided.ts';

const READY_MS = 90_000;

/** A server of MongoDB's protocol: at MONGODB_URL, in Docker, or as processes of our own; else `skipped`, with reasons. */
export function provideMongodb(): Promise<Provided> {
  return provide({
    name: 'MongoDB',
    given: process.env.MONGODB_URL,
    ways: [
      { how: 'docker', start: startMongodbContainer },
      { how: 'process', start: startDocumentdbProcess },
    ],
    versionOf: serverVersion,
  });
}

/** MongoDB has transactions only in a replica set: one of one member, reached directly. */
async function startMongodbContainer(): Promise<Started | Unavailable> {
  const started = await startContainer({
    image: 'mongo:8',
    port: 27017,
    args: ['--replSet', 'vfleet-test', '--bind_ip_all'],
    url: (port) => `mongodb://127.0.0.1:${port}/?directConnection=true`,
  });
  if ('unavailable' in started) return started;
  try {
    await withClient(started.url, async (client) => {
      const admin = client.db('admin');
      const configuration = { _id: 'vfleet-test', members: [{ _id: 0, host: '127.0.0.1:27017' }] };
      await admin.command({ replSetInitiate: configuration });
      await until(async () => (await admin.command({ hello: 1 })).isWritablePrimary === true, {
        what: 'a primary of the replica set',
        withinMs: READY_MS,
      });
    });
  } catch (error) {
    await started.close();
    throw error;
  }
  return started;
}

async function serverVersion(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { version, gitVersion } = await client.db('admin').command({ buildInfo: 1 });
    return String(gitVersion).startsWith('DocumentDB') ? `${gitVersion}` : `MongoDB ${version}`;
  });
}

async function withClient<Result>(url: string, use: (client: MongoClient) => Promise<Result>): Promise<Result> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: READY_MS });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
