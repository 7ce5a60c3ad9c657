import { expect, it } from 'vitest';
import { nameKey, refKeys, searchKey } from './names.ts';

it.each([
  ['full width letters', 'ｒｅｄ', 'red'],
  ['a ligature', 'ﬁber', 'fiber'],
  ['another blank', 'red\u00a01', 'red 1'],
  ['a composed letter', 'u\u0308ber', 'über'],
])('%s are told apart from nothing they are drawn like', (_, name, alike) => {
  expect(nameKey(name)).toBe(nameKey(alike));
});

it.each([
  ['case', 'Red', 'red'],
  ['cases of two code units', '𐐀', '𐐨'],
])('names of other %s are told apart and found alike', (_, name, other) => {
  expect(nameKey(name)).not.toBe(nameKey(other));
  expect(searchKey(name)).toBe(searchKey(other));
});

it('finds the beginning of a name that ends where a word could', () => {
  expect(searchKey('ΟΔΟΣΗΜΑΝΣΗ').startsWith(searchKey('ΟΔΟΣ'))).toBe(true);
});

it('keeps the id and the name of an entity as one key each, or as one', () => {
  expect(refKeys({ id: 'n1', name: 'ｒｅｄ' })).toEqual(['n1', 'red']);
  expect(refKeys({ id: 'red', name: 'red' })).toEqual(['red']);
});
