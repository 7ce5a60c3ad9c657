import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openBoth, put, putOfThing, type StoreUnderTest, THINGS, thing } from './conformance/thing.ts';
import { documentsConformance } from './conformance.ts';
import { type DocumentStore, guardOf, putOf } from './documents.ts';
import { killingSequences } from './killing-sequences.ts';
import { openMongo } from './mongo.ts';
import type { Held } from './mongo-form.ts';

const { MONGODB_URL: url, CI } = process.env;

/** A store in a database of its own. */
async function openTemporary(): Promise<StoreUnderTest> {
  if (!url) throw new Error('MONGODB_URL is not set');
  const database = `vfleet-test-${randomUUID()}`;
  let store = await openMongo({ url, database });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openMongo({ url, database });
      return store;
    },
    destroy: async () => {
      await store.close();
      const client = new MongoClient(url);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
}

if (url) {
  documentsConformance('MongoDB', openTemporary);
  killingSequences('MongoDB', openTemporary);
  mongoAlone(url);
} else {
  describe('documents on MongoDB', () => {
    it.skipIf(!CI)('SKIPPED: MONGODB_URL names no server', () => {
      expect.fail('MONGODB_URL must be set where CI is');
    });
  });
}

/** What only a server that processes share can show, or documents of an earlier form. */
function mongoAlone(url: string): void {
  describe('documents on MongoDB alone', () => {
    const name = `vfleet-test-${randomUUID()}`;
    const stores: DocumentStore[] = [];
    const client = new MongoClient(url);
    const open = async () => {
      const store = await openMongo({ url, database: name });
      stores.push(store);
      return store;
    };
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
      await client.db(name).dropDatabase();
    });
    afterAll(() => client.close());

    it('written before bodies had versions have that of the document, and can be guarded', async () => {
      const store = await open();
      const things = await store.open(THINGS);
      const before = await put(things, 'a');
      const held = client.db(name).collection<Held>('things');
      await held.updateOne({ _id: 'a' }, { $set: { version: 7 }, $unset: { bodyVersion: 1 } });
      const read = await things.get('a');
      expect(read).toEqual({ ...before, version: 7, bodyVersion: 7 });
      if (!read) return;
      const stale = { ok: false, at: 0, outcome: { ok: false, reason: 'version' } };
      expect(await store.commit([guardOf(things, { ...read, bodyVersion: 6 })])).toEqual(stale);
      expect(await store.commit([guardOf(things, read)])).toEqual({ ok: true, versions: [8] });
      expect(await store.commit([guardOf(things, read)])).toEqual({ ok: true, versions: [9] });
      expect(await things.get('a')).toEqual({ ...read, version: 9 });
      expect(await things.put(putOfThing('a', 9, read.body))).toEqual({ ok: true, version: 10 });
      expect(await things.get('a')).toMatchObject({ version: 10, bodyVersion: 10 });
    });

    it('are guarded by 200 commits of three processes at once, and all happen', async () => {
      const processes = await Promise.all(
        Array.from({ length: 3 }, async () => {
          const store = await open();
          return { store, both: await openBoth(store) };
        }),
      );
      const network = processes[0] && (await put(processes[0].both.networks, 'n'));
      const outcomes = await Promise.all(
        Array.from({ length: 200 }, (_, index) => {
          const process = processes[index % processes.length];
          if (!process || !network) throw new Error('no process');
          const { networks, profiles } = process.both;
          const write = putOf(profiles, putOfThing(`p${index}`, 0, thing({ name: `p${index}` })));
          return process.store.commit([write, guardOf(networks, network)]);
        }),
      );
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
      expect(await processes[0]?.both.networks.get('n')).toMatchObject({ version: 201, bodyVersion: 1 });
    }, 60_000);
  });
}

describe('a MongoDB that cannot be used', () => {
  it('is named within seconds, without its password', async () => {
    const refused = openMongo({ url: 'mongodb://vfleet:topsecret@127.0.0.1:1/?directConnection=true' });
    const problem = await refused.then(() => undefined, String);
    expect(problem).toMatch(/MongoDB at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
    expect(problem).not.toContain('topsecret');
  });
});
