import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreUnderTest } from './conformance/thing.ts';
import { openSqlite } from './sqlite.ts';

/** A sqlite store in a folder of its own, for tests. */
export async function openTemporary(): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-documents-'));
  let store = await openSqlite({ folder });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openSqlite({ folder });
      return store;
    },
    destroy: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
