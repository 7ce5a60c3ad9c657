import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';

/** The least that a durable write or a carried message can cost here: the library alone, with nothing of ours. */
export type Floor = { once(): Promise<unknown>; close(): Promise<void> };

/** As large as the document of a host with two PFs. */
const BODY = { text: 'x'.repeat(4_000) };

/** A row replaced in sqlite, on the disk when it returns. */
export async function sqliteFloor(folder: string): Promise<Floor> {
  await mkdir(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'floor.sqlite'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id TEXT PRIMARY KEY, v INT, body TEXT)',
  );
  database.exec("INSERT INTO t VALUES ('a', 1, '')");
  const put = database.prepare("UPDATE t SET v = v + 1, body = ? WHERE id = 'a'");
  return { once: async () => put.run(JSON.stringify(BODY)), close: async () => database.close() };
}

/** A document replaced conditionally in MongoDB, with majority and journal. The database is dropped at the end. */
export async function mongodbFloor(url: string, name: string): Promise<Floor> {
  const client = new MongoClient(url, { writeConcern: { w: 'majority', journal: true } });
  const database = client.db(name);
  const documents = database.collection<{ _id: string; version: number }>('floor');
  await documents.insertOne({ _id: 'a', version: 1 });
  let version = 1;
  return {
    once: () => documents.replaceOne({ _id: 'a', version }, { version: ++version, ...BODY }),
    close: async () => {
      await database.dropDatabase();
      await client.close();
    },
  };
}

/** A persistent message into a quorum queue, confirmed by the broker. */
export async function rabbitmqFloor(url: string): Promise<Floor> {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const queue = `bench-floor-${process.pid}`;
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const content = Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000) }));
  return {
    once: async () => {
      channel.sendToQueue(queue, content, { persistent: true });
      await channel.waitForConfirms();
    },
    close: async () => {
      await channel.deleteQueue(queue);
      await connection.close();
    },
  };
}

/** A file replaced so that it survives a power cut: written aside, synced, renamed, the folder synced. */
export async function fileFloor(folder: string): Promise<Floor> {
  await mkdir(folder, { recursive: true });
  return {
    once: async () => {
      const aside = join(folder, 'aside');
      const file = await open(aside, 'w');
      await file.writeFile(JSON.stringify({ text: 'x'.repeat(300) }));
      await file.sync();
      await file.close();
      await rename(aside, join(folder, 'file'));
      const directory = await open(folder, 'r');
      await directory.sync();
      await directory.close();
    },
    close: async () => {},
  };
}
