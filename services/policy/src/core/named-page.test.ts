import { searchKey } from '@vfleet/contracts/names';
import { NamedPageRequest } from '@vfleet/contracts/policy/entity';
import { EntityId, EntityName } from '@vfleet/contracts/vocabulary/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorAfter, namesWanted, placeOf } from './named-page.ts';

describe('a list is asked for', () => {
  it.each([
    ['no name', undefined, { kind: 'prefix', value: '' }],
    ['a star alone', '*', { kind: 'prefix', value: '' }],
    ['a beginning', 'Ｒed*', { kind: 'prefix', value: 'red' }],
    ['a beginning that ends in a star', 'red**', { kind: 'prefix', value: 'red*' }],
    ['a name', 'Ｒed', { kind: 'exact', value: 'red' }],
    ['a name with a star within', 'r*d', { kind: 'exact', value: 'r*d' }],
  ])('%s', (_, name, wanted) => expect(namesWanted(name)).toEqual(wanted));
});

describe('a cursor', () => {
  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
    .map((name) => EntityName.safeParse(name))
    .filter(({ success }) => success)
    .map(({ data }) => data as string);

  it('tells the place it was made for, whatever the name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/), names, (id, name) => {
        expect(EntityId.safeParse(id).success).toBe(true);
        expect(placeOf(cursorAfter({ id, name }))).toEqual({ id, value: searchKey(name) });
      }),
    );
  });

  it.each([
    ['four bytes a character', '𐐀'.repeat(127)],
    ['three bytes a character', '網'.repeat(255)],
    ['characters that become 18', 'ﷺ'.repeat(255)],
  ])('is one that a request takes, for names of %s', (_, name) => {
    expect(EntityName.parse(name)).toBe(name);
    const cursor = cursorAfter({ id: 'i'.repeat(64), name });
    expect(NamedPageRequest.parse({ cursor }).cursor).toBe(cursor);
  });

  it.each([undefined, '', 'n1', ' red', 'n1 ', 'n1 re\u0000d', 'n1 \ud800', 'n 1 \ud800', '../n1 red'])(
    'that no list has made tells no place: %j',
    (cursor) => expect(placeOf(cursor)).toBeUndefined(),
  );
});
