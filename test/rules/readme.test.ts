import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

it('README.md names in its table of invariants only tests that are there', () => {
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  const rows = readme.split('| invariant | test |')[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? [];
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const named = [...row.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    expect(named, row).not.toEqual([]);
    expect(
      named.filter((path) => !isTest(new URL(path, ROOT))),
      row,
    ).toEqual([]);
  }
});

/** A test file, or a folder of tests. */
function isTest(place: URL): boolean {
  if (!existsSync(place)) return false;
  return statSync(place).isDirectory() ? readdirSync(place).length > 0 : place.pathname.endsWith('.test.ts');
}
