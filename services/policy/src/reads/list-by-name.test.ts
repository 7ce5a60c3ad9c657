import { searchKey } from '@vfleet/contracts/names';
import type { NamedPageRequest } from '@vfleet/contracts/policy/entity';
import { openTemporary } from '@vfleet/documents/sqlite-temporary';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NETWORKS } from '../collections.ts';
import { newNetwork } from '../core/network.ts';
import { anotherReplica } from '../testing/another-replica.ts';
import { listByName } from './list-by-name.ts';

let temporary: Awaited<ReturnType<typeof openTemporary>>;

beforeEach(async () => {
  temporary = await openTemporary();
});
afterEach(() => temporary.destroy());

async function add(names: readonly string[]): Promise<void> {
  const networks = names.map((name, number) => newNetwork(`n${number}`, { name }, null));
  await anotherReplica(temporary.store).adds(NETWORKS, networks);
}

async function list(request: Partial<NamedPageRequest> = {}): Promise<{ names: string[]; next: string | null }> {
  const documents = await temporary.store.open(NETWORKS);
  const { page, next } = await listByName(documents, { limit: 100, ...request });
  return { names: page.map(({ name }) => name), next };
}

async function remove(id: string): Promise<void> {
  const documents = await temporary.store.open(NETWORKS);
  const version = (await documents.get(id))?.version ?? 0;
  await documents.remove({
    id,
    expectedVersion: version,
    answers: [],
    unpublished: [],
    at: '2026-01-01T00:00:00.000Z',
  });
}

it.each([
  ['all', undefined, ['blue', 'Red', 'ｒｅｄ', 'red-1', 'redo']],
  ['all for a star', '*', ['blue', 'Red', 'ｒｅｄ', 'red-1', 'redo']],
  ['those of a name, whatever its case and width', 'RED', ['Red', 'ｒｅｄ']],
  ['those that begin so', 'ＲＥＤ*', ['Red', 'ｒｅｄ', 'red-1', 'redo']],
  ['none of a name nobody has', 're', []],
  ['none that begins so', 'x*', []],
])('lists %s', async (_, name, names) => {
  await add(['redo', 'Red', 'blue', 'ｒｅｄ', 'red-1']);
  expect(await list({ name })).toEqual({ names, next: null });
});

it.each([
  ['all', undefined],
  ['those of one name', 'red'],
])('goes on, in a list of %s, behind an entity that was removed meanwhile', async (_, name) => {
  await add(['Red', 'rEd', 'reD']);
  const { names, next } = await list({ name, limit: 2 });
  expect(names).toEqual(['Red', 'rEd']);
  await remove('n1');
  expect(await list({ name, limit: 2, cursor: next ?? '' })).toEqual({ names: ['reD'], next: null });
});

it('begins at its beginning for a cursor that no list has made', async () => {
  await add(['red']);
  for (const cursor of ['', 'n0', 'n0 \ud800', 'n0 \u0000', '../ x'])
    expect((await list({ cursor })).names).toEqual(['red']);
});

it('shows every entity once and in order, page by page, with cursors that a request takes', async () => {
  const name = fc.oneof(
    fc.constantFrom('red', 'Red', 'RED', 'blue'),
    fc.constantFrom('網', '𐐀', 'ﷺ').map((letter) => letter.repeat(255 / letter.length)),
    fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !/\p{C}/u.test(text)),
  );
  const distinct = fc.uniqueArray(name, { minLength: 1, maxLength: 12, selector: (text) => text.normalize('NFKC') });
  await fc.assert(
    fc.asyncProperty(distinct, fc.integer({ min: 1, max: 5 }), async (names, limit) => {
      await temporary.destroy();
      temporary = await openTemporary();
      await add(names);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ limit, cursor });
        seen.push(...page.names);
        cursor = page.next ?? undefined;
        expect(cursor?.length ?? 0).toBeLessThanOrEqual(500);
      } while (cursor !== undefined);
      expect([...seen].sort()).toEqual([...names].sort());
      const keys = seen.map(searchKey).map((key) => Buffer.from(key));
      expect(keys.every((key, index) => index === 0 || Buffer.compare(keys[index - 1] ?? key, key) <= 0)).toBe(true);
    }),
    { numRuns: 40 },
  );
}, 30_000);
