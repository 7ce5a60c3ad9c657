import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { put, THINGS } from './conformance/thing.ts';
import { documentsConformance } from './conformance.ts';
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
});
