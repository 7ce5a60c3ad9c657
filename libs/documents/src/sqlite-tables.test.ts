import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase, prepareStatements } from './sqlite-tables.ts';

/** Statements whose order or bound an index gives, so that a page costs what it holds; the index, and what it bounds. */
it.each([
  ['list', 'documents USING INDEX sqlite_autoindex_documents_1 (collection=? AND id>?)'],
  ['find', 'keys USING PRIMARY KEY (collection=? AND key=? AND value=? AND id>?)'],
  ['search', 'keys USING PRIMARY KEY (collection=? AND key=? AND (value,id)>(?,?) AND value<?)'],
  ['unpublished', 'documents USING INDEX unpublished_documents (collection=? AND id>?)'],
] as const)('%s scans %s alone and sorts nothing', async (name, scan) => {
  const folder = await mkdtemp(join(tmpdir(), 'vfleet-documents-'));
  const database = openDatabase(folder);
  const { sourceSQL } = prepareStatements(database)[name];
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sourceSQL}`).all();
  database.close();
  await rm(folder, { recursive: true });
  expect(steps[0]?.detail).toBe(`SEARCH ${scan}`);
  expect(steps.map(({ detail }) => detail).join('; ')).not.toMatch(/SCAN|TEMP B-TREE/);
});
