import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { put, THINGS } from './conformance/thing.ts';
import { documentsConformance } from './conformance.ts';
import { guardOf } from './documents.ts';
import { openSqlite } from './sqlite.ts';
import { openTemporary } from './sqlite-temporary.ts';

documentsConformance('sqlite', openTemporary);

describe('the folder of a sqlite store', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'vfleet-documents-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('is made for its owner only', async () => {
    const folder = join(parent, 'deep', 'data');
    const store = await openSqlite({ folder });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await store.close();
  });

  it('is refused to a second start, in words, and free after the first is closed', async () => {
    const first = await openSqlite({ folder: parent });
    const things = await first.open(THINGS);
    await expect(openSqlite({ folder: parent })).rejects.toThrow(
      new RegExp(`${parent} is in use by process ${process.pid} on .+, since 2.+ Stop that process`),
    );
    await put(things, 'a');
    await first.close();
    const second = await openSqlite({ folder: parent });
    expect(await (await second.open(THINGS)).get('a')).toBeDefined();
    await second.close();
  });

  it('that holds something else than a database is named, and let go of', async () => {
    await writeFile(join(parent, 'documents.sqlite'), 'x'.repeat(5000));
    await expect(openSqlite({ folder: parent })).rejects.toThrow(
      /documents\.sqlite cannot be opened: .*not a database/,
    );
    await rm(join(parent, 'documents.sqlite'));
    await (await openSqlite({ folder: parent })).close();
  });

  it('of layout 1 is brought to the present one, and its documents can be guarded', async () => {
    const first = await openSqlite({ folder: parent });
    const before = await put(await first.open(THINGS), 'a', { colour: 'red' });
    await first.close();
    const database = new DatabaseSync(join(parent, 'documents.sqlite'));
    database.exec(`ALTER TABLE documents DROP COLUMN body_version; UPDATE documents SET version = 7;
      PRAGMA user_version = 1`);
    database.close();
    for (let start = 1; start <= 2; start++) {
      const store = await openSqlite({ folder: parent });
      const things = await store.open(THINGS);
      const stored = { ...before, version: 6 + start, bodyVersion: 7 };
      expect(await things.find('colour', 'red', { limit: 2 })).toEqual([stored]);
      expect(await store.commit([guardOf(things, stored)])).toEqual({ ok: true, versions: [7 + start] });
      await store.close();
    }
  });

  it('of a newer layout is refused, and named', async () => {
    await (await openSqlite({ folder: parent })).close();
    const database = new DatabaseSync(join(parent, 'documents.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openSqlite({ folder: parent })).rejects.toThrow(/layout 99 is of a newer release/);
  });
});
