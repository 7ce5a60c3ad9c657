import fc from 'fast-check';
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
].sort(byCodePoints);

/** Characters whose order as UTF-16 units is another than as code points, and those that patterns give a meaning. */
const CHARACTER = fc.oneof(
  fc.constantFrom('a', 'b', '%', '_', '*', '.', '\\', '[', '\u0001', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((each) => each.isWellFormed() && each !== '\0'),
);
const TEXT = fc.array(CHARACTER, { maxLength: 4 }).map((characters) => characters.join(''));

const SORTED: Collection<Thing> = {
  ...THINGS,
  keys: { colour: { sorted: true, of: ({ colour }) => colour } },
};

function byCodePoints(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

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

    it('finds any text by any beginning of it, in the order of code points, in pages of any size', async () => {
      let run = 0;
      const searches = fc.array(fc.tuple(TEXT, fc.integer({ min: 1, max: 4 })), { maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(fc.array(TEXT, { minLength: 1, maxLength: 10 }), searches, async (texts, others) => {
          const things = await subject.store.open({ ...SORTED, name: `things-${++run}` });
          const held = texts.map((colour, index): [string, string] => [colour, `t${index}`]);
          for (const [colour, id] of held) await put(things, id, { colour });
          const beginnings = texts.map((text, index): [string, number] => [[...text].slice(0, index).join(''), 2]);
          for (const [prefix, limit] of [...others, ...beginnings]) {
            const expected = held
              .filter(([colour]) => colour.startsWith(prefix))
              .sort((one, other) => byCodePoints(one[0], other[0]) || byCodePoints(one[1], other[1]));
            expect(await everyPage(things, prefix, limit)).toEqual(expected);
          }
        }),
        { numRuns: 20 },
      );
    }, 60_000);

    it('keeps to its prefix wherever it goes on', async () => {
      const things = await subject.store.open(SORTED);
      for (const colour of ['a', 'ab', 'b1', 'b2', 'c']) await put(things, colour, { colour });
      const from = async (value: string) =>
        (await things.search('colour', 'b', { limit: 9, after: { value, id: value } })).map(({ value }) => value);
      expect(await from('a')).toEqual(['b1', 'b2']);
      expect(await from('b1')).toEqual(['b2']);
      expect(await from('c')).toEqual([]);
    });

    it('finds nothing by what no text begins with', async () => {
      const things = await subject.store.open(SORTED);
      await put(things, 'a', { colour: 'a😀' });
      for (const prefix of ['a\0', 'a\0a', 'a\ud83d', '\ud83d']) {
        expect(await things.search('colour', prefix, { limit: 1 }), JSON.stringify(prefix)).toEqual([]);
      }
    });

    it('finds a document where its newest body puts it', async () => {
      const things = await subject.store.open(SORTED);
      const { body } = await put(things, 'a', { colour: 'green' });
      await put(things, 'b', { colour: 'grey' });
      await things.put(putOfThing('a', 1, { ...body, colour: 'grow' }));
      await things.put(putOfThing('b', 1, { ...body, name: 'b', colour: null }));
      const found = await things.search('colour', 'gr', { limit: 5 });
      expect(found).toEqual([{ value: 'grow', document: await things.get('a') }]);
    });

    it('finds by a key that a newer schema version made sorted', async () => {
      const old = await subject.store.open(THINGS);
      for (const colour of ['red', 'rose', 'blue']) await put(old, colour, { colour });
      const upgrade = { 1: (body: unknown) => body };
      const things = await (await subject.reopen()).open({ ...SORTED, schemaVersion: 2, upgrade });
      expect(await everyPage(things, 'r', 1)).toEqual([
        ['red', 'red'],
        ['rose', 'rose'],
      ]);
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
