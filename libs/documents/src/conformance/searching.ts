import { describe, expect, it } from 'vitest';
import type { Collection, Documents } from '../documents.ts';
import { put, putOfThing, type Subject, THINGS, type Thing, thing } from './thing.ts';

/** In the order of their code points; what other languages give a meaning to in patterns is among them. */
const COLOURS = [
  '%',
  '*',
  '.',
  'R',
  '\\',
  '_',
  'r',
  're',
  're.d',
  're%d',
  'red',
  'red wine',
  'redé',
  'red\uffff',
  'red😀',
  's',
].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const SORTED: Collection<Thing> = {
  ...THINGS,
  keys: { colour: { sorted: true, of: ({ colour }) => colour } },
};

async function everyPage(things: Documents<Thing>, prefix: string, limit: number): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (;;) {
    const [value, id] = found.at(-1) ?? [];
    const after = value === undefined || id === undefined ? undefined : { value, id };
    const page = await things.search('colour', prefix, { limit, after });
    if (page.length === 0) return found;
    found.push(...page.map(({ value: colour, document }): [string, string] => [colour, document.id]));
  }
}

export function searching(subject: Subject): void {
  describe('a search', () => {
    it.each([1, 3, 100])(
      'in pages of %i finds all that begin with a prefix, in the order of code points',
      async (limit) => {
        const things = await subject.store.open(SORTED);
        for (const [index, colour] of COLOURS.toReversed().entries()) await put(things, `t${index}`, { colour });
        await put(things, 'without');
        for (const prefix of ['', ...COLOURS, 'nothing']) {
          const expected = COLOURS.filter((colour) => colour.startsWith(prefix));
          expect(
            (await everyPage(things, prefix, limit)).map(([value]) => value),
            prefix,
          ).toEqual(expected);
        }
      },
    );

    it.each([1, 2, 100])('in pages of %i tells holders of one value apart by their ids', async (limit) => {
      const things = await subject.store.open(SORTED);
      const ids = ['a', 'b', '\uff5e', '😀'];
      for (const id of ids.toReversed()) await put(things, id, { colour: 'red' });
      await put(things, 'c', { colour: 'redder' });
      expect((await everyPage(things, 'red', limit)).map(([, id]) => id)).toEqual([...ids, 'c']);
    });

    it('goes on behind a document that was removed meanwhile, and finds no removed one', async () => {
      const things = await subject.store.open(SORTED);
      for (const id of ['a', 'b', 'c']) await put(things, id, { colour: id });
      const at = '2026-01-01T00:00:00.000Z';
      await things.remove({ id: 'b', expectedVersion: 1, answers: [], unpublished: [], at });
      const rest = await things.search('colour', '', { limit: 5, after: { value: 'b', id: 'b' } });
      expect(rest.map(({ document }) => document.id)).toEqual(['c']);
      expect((await everyPage(things, '', 1)).map(([, id]) => id)).toEqual(['a', 'c']);
    });

    it('is refused by a key that is not sorted, and a sorted key refuses a second value', async () => {
      const things = await subject.store.open(THINGS);
      await expect(things.search('colour', '', { limit: 1 })).rejects.toThrow(/colour.*sorted/);
      await expect(things.search('flavour', '', { limit: 1 })).rejects.toThrow('flavour');
      const two = await subject.store.open({
        ...THINGS,
        name: 'pairs',
        keys: { pair: { sorted: true, of: ({ serials }: Thing) => serials } },
      });
      await expect(two.put(putOfThing('a', 0, thing({ name: 'a', serials: ['x', 'y'] })))).rejects.toThrow(
        /pair.*one value/,
      );
    });
  });
}
