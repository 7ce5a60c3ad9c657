import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { StoreUnderTest } from './conformance/thing.ts';
import { documentsConformance } from './conformance.ts';
import { killingSequences } from './killing-sequences.ts';
import { openMongo } from './mongo.ts';

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
} else {
  describe('documents on MongoDB', () => {
    it.skipIf(!CI)('SKIPPED: MONGODB_URL names no server', () => {
      expect.fail('MONGODB_URL must be set where CI is');
    });
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
