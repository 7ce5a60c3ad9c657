import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Collection } from '../documents.ts';
import { put, putOfThing, type Subject, THINGS, thing } from './thing.ts';

const AWKWARD = {
  'a.b.c': 1,
  $set: { $where: '$x', $ref: 'c', $id: 1 },
  ['__proto__']: { _bsontype: 'ObjectId' },
  '': { '.': { $: ['$', '.', ''] } },
  'nul\0l': 'nul\0l',
  '%2E%24%25': '%',
  'ü😀\u2028': 'ü😀\u2028',
  _id: 'x',
  length: 0,
  10: 'ten',
  9: 'nine',
  numbers: [0, -1, 2 ** 31, 2 ** 53 - 1, 0.1, 1e300],
  nothing: [null, [], {}, '', false],
};

/** The older shape of a person, with one name and no key; the newer has two and finds by the last. */
const PERSONS_1: Collection<{ name: string }> = {
  name: 'persons',
  schema: z.object({ name: z.string() }),
  schemaVersion: 1,
  keys: {},
};
const PERSONS_3: Collection<{ first: string; last: string; nick: string }> = {
  name: 'persons',
  schema: z.object({ first: z.string(), last: z.string(), nick: z.string() }),
  schemaVersion: 3,
  keys: { last: { unique: true, of: ({ last }) => last } },
  upgrade: {
    1: (body) => {
      const [first, last] = (body as { name: string }).name.split(' ');
      return { first, last };
    },
    2: (body) => ({ ...(body as object), nick: '-' }),
  },
};

export function bodies(subject: Subject): void {
  describe('a body', () => {
    it('is refused when it breaks the schema, naming document and field', async () => {
      const things = await subject.store.open(THINGS);
      const bad = { ...thing({ name: 'a' }), count: 'many' as unknown as number };
      await expect(things.put(putOfThing('a', 0, bad))).rejects.toThrow(/things a .*count/s);
      expect(await things.get('a')).toBeUndefined();
    });

    it('is stored without fields the schema does not know', async () => {
      const things = await subject.store.open(THINGS);
      await things.put(putOfThing('a', 0, { ...thing({ name: 'a' }), stray: 1 } as never));
      expect((await things.get('a'))?.body).toEqual(thing({ name: 'a' }));
    });

    it('keeps dots, dollars, NUL and every other character in names and values', async () => {
      const things = await subject.store.open(THINGS);
      const { body } = await put(things, 'a', { rest: AWKWARD });
      expect(body.rest).toEqual(AWKWARD);
    });

    it('comes back as any JSON that went in', async () => {
      const things = await subject.store.open(THINGS);
      let count = 0;
      const jsonBodies = fc.jsonValue({ stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)));
      await fc.assert(
        fc.asyncProperty(jsonBodies, async (rest) => {
          const { body } = await put(things, `t${count++}`, { rest });
          expect(JSON.stringify(body.rest)).toBe(JSON.stringify(rest));
        }),
        { numRuns: 50 },
      );
    }, 60_000);

    it('may be of a megabyte', async () => {
      const things = await subject.store.open(THINGS);
      const rest = Array.from({ length: 16_000 }, (_, index) => ({ index, text: 'x'.repeat(40) }));
      expect(JSON.stringify(rest).length).toBeGreaterThan(1_000_000);
      const { body } = await put(things, 'a', { rest });
      expect(body.rest).toEqual(rest);
    });

    it('is the reader’s own copy', async () => {
      const things = await subject.store.open(THINGS);
      const stored = await put(things, 'a');
      stored.body.name = 'changed';
      expect((await things.get('a'))?.body.name).toBe('a');
    });
  });

  describe('ids and key values', () => {
    it('keep dots, dollars and every other character apart', async () => {
      const things = await subject.store.open(THINGS);
      const ids = [
        'a.b',
        '$a',
        'a b',
        'A',
        'a',
        'é',
        'e\u0301',
        '😀',
        "'",
        '"',
        '\\',
        '%',
        '/',
        '{}',
        ' ',
        '__proto__',
      ];
      for (const id of ids) await put(things, id, { colour: id });
      for (const id of ids) {
        expect((await things.get(id))?.body.name).toBe(id);
        expect((await things.find('colour', id, { limit: 5 })).map((found) => found.id)).toEqual([id]);
      }
    });

    it('that no store could tell apart are refused', async () => {
      const things = await subject.store.open(THINGS);
      for (const id of ['', 'nul\0l', 'half \ud800']) {
        await expect(things.put(putOfThing(id, 0, thing({ name: 'a' })))).rejects.toThrow(/id/);
        await expect(things.get(id)).rejects.toThrow(/id/);
      }
      for (const name of ['nul\0l', 'half \ud800']) {
        await expect(things.put(putOfThing('a', 0, thing({ name })))).rejects.toThrow(/name/);
      }
      const half = thing({ name: 'a', rest: { text: 'half \udfff' } });
      await expect(things.put(putOfThing('a', 0, half))).rejects.toThrow(/surrogate/);
    });
  });

  describe('a newer schema version', () => {
    it('upgrades what it reads, finds it by its new keys, and stores it with the next put', async () => {
      const old = await subject.store.open(PERSONS_1);
      await old.put({ id: 'p', expectedVersion: 0, body: { name: 'Ada Lovelace' }, answers: [], unpublished: [] });
      const persons = await (await subject.reopen()).open(PERSONS_3);
      const upgraded = { first: 'Ada', last: 'Lovelace', nick: '-' };
      const found = await persons.find('last', 'Lovelace', { limit: 2 });
      const versions = { version: 1, bodyVersion: 1, schemaVersion: 3 };
      expect(found).toEqual([{ id: 'p', ...versions, answers: [], unpublished: [], body: upgraded }]);
      expect(await persons.get('p')).toEqual(found[0]);
      const second = { id: 'q', expectedVersion: 0, body: upgraded, answers: [], unpublished: [] };
      expect(await persons.put(second)).toMatchObject({ ok: false, reason: 'unique', key: 'last', holder: 'p' });
      expect(await persons.put({ ...second, id: 'p', expectedVersion: 1 })).toEqual({ ok: true, version: 2 });
    });

    it('is refused by a process that knows only an older one', async () => {
      const persons = await subject.store.open(PERSONS_3);
      const body = { first: 'Ada', last: 'Lovelace', nick: '-' };
      await persons.put({ id: 'p', expectedVersion: 0, body, answers: [], unpublished: [] });
      const old = await (await subject.reopen()).open(PERSONS_1);
      await expect(old.get('p')).rejects.toThrow(/newer release/);
      await expect(old.list({ limit: 1 })).rejects.toThrow(/newer release/);
    });

    it('is refused at opening when a step of the upgrade is missing', async () => {
      await expect(subject.store.open({ ...THINGS, schemaVersion: 2 })).rejects.toThrow(/upgrade/);
    });
  });
}
