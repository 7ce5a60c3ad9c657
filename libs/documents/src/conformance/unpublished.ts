import { describe, expect, it } from 'vitest';
import { factOf, putOfThing, type Subject, THINGS, thing } from './thing.ts';

export function unpublishedFacts(subject: Subject): void {
  describe('unpublished facts', () => {
    it('are found in documents and tombstones, page by page', async () => {
      const things = await subject.store.open(THINGS);
      for (const id of ['a', 'b', 'c', 'd']) {
        const unpublished = id === 'b' ? [] : [factOf(`f-${id}`)];
        await things.put({ ...putOfThing(id, 0, thing({ name: id })), unpublished });
      }
      const at = '2026-01-01T00:00:00.000Z';
      await things.remove({
        id: 'c',
        expectedVersion: 1,
        answers: [],
        unpublished: [factOf('f-c'), factOf('g-c', 2)],
        at,
      });
      expect(await things.findUnpublished(2)).toEqual([
        { id: 'a', version: 1, unpublished: [factOf('f-a')] },
        { id: 'c', version: 2, unpublished: [factOf('f-c'), factOf('g-c', 2)] },
      ]);
      expect((await things.findUnpublished(2, 'c')).map(({ id }) => id)).toEqual(['d']);
    });

    it('are cleared one by one without raising the version', async () => {
      const things = await subject.store.open(THINGS);
      const unpublished = [factOf('$f.1'), factOf('f2')];
      await things.put({ ...putOfThing('a', 0, thing({ name: 'a' })), unpublished });
      await things.clearPublished('a', ['$f.1', 'unknown']);
      expect(await things.get('a')).toMatchObject({ version: 1, unpublished: [factOf('f2')] });
      await things.clearPublished('a', ['f2']);
      expect(await things.findUnpublished(10)).toEqual([]);
      expect(await things.get('a')).toMatchObject({ version: 1, unpublished: [] });
      await things.clearPublished('a', ['f2']);
      await things.clearPublished('nobody', ['f2']);
    });

    it('are cleared beside a put: neither loses the other', async () => {
      const things = await subject.store.open(THINGS);
      await things.put({ ...putOfThing('a', 0, thing({ name: 'a' })), unpublished: [factOf('f0')] });
      for (let version = 1; version <= 20; version++) {
        const write = putOfThing('a', version, thing({ name: 'a', count: version }));
        const [outcome] = await Promise.all([
          things.put({ ...write, unpublished: [factOf(`f${version}`)] }),
          things.clearPublished('a', [`f${version - 1}`]),
        ]);
        expect(outcome).toEqual({ ok: true, version: version + 1 });
        const unpublished = [factOf(`f${version}`)];
        expect(await things.get('a')).toMatchObject({ body: { count: version }, unpublished });
      }
    });

    it('of many documents are cleared at once', async () => {
      const things = await subject.store.open(THINGS);
      const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);
      for (const id of ids) {
        await things.put({ ...putOfThing(id, 0, thing({ name: id })), unpublished: [factOf(`f-${id}`)] });
      }
      await Promise.all(ids.map((id) => things.clearPublished(id, [`f-${id}`])));
      expect(await things.findUnpublished(100)).toEqual([]);
    });
  });
}
