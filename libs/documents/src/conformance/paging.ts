import { describe, expect, it } from 'vitest';
import type { Stored } from '../documents.ts';
import { put, type Subject, THINGS, type Thing } from './thing.ts';

/** In the order of their code points, which is not the order of UTF-16 units. */
const IDS = ['$a', '0', 'A', 'a', 'a b', 'a.b', 'a/b', 'aa', 'b', 'é', '\uff5e', '😀', '😀a'];

async function everyPage(read: (after: string | undefined) => Promise<Stored<Thing>[]>): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const page = await read(ids.at(-1));
    if (page.length === 0) return ids;
    ids.push(...page.map(({ id }) => id));
  }
}

export function paging(subject: Subject): void {
  describe('pages', () => {
    it.each([1, 4, 100])('of %i list every document once, in the order of code points', async (limit) => {
      const things = await subject.store.open(THINGS);
      for (const id of IDS.toReversed()) await put(things, id);
      expect(await everyPage((after) => things.list({ limit, after }))).toEqual(IDS);
    });

    it.each([1, 4, 100])('of %i find every holder of a key once, in the same order', async (limit) => {
      const things = await subject.store.open(THINGS);
      for (const id of IDS.toReversed()) await put(things, id, { colour: id === 'a b' ? 'blue' : 'red' });
      const red = IDS.filter((id) => id !== 'a b');
      expect(await everyPage((after) => things.find('colour', 'red', { limit, after }))).toEqual(red);
    });

    it('find by any value of a key, and nothing by one that was given up', async () => {
      const things = await subject.store.open(THINGS);
      const { body } = await put(things, 'a', { serials: ['s.1', '$s2'], colour: 'red' });
      for (const serial of ['s.1', '$s2']) {
        expect((await things.find('serial', serial, { limit: 2 })).map(({ id }) => id)).toEqual(['a']);
      }
      await things.put({ id: 'a', expectedVersion: 1, body: { ...body, colour: null }, answers: [], unpublished: [] });
      expect(await things.find('colour', 'red', { limit: 2 })).toEqual([]);
    });

    it('find refuses a key that is not declared', async () => {
      const things = await subject.store.open(THINGS);
      for (const key of ['flavour', 'constructor', 'body.name']) {
        await expect(things.find(key, 'x', { limit: 1 })).rejects.toThrow(key);
      }
    });
  });
}
