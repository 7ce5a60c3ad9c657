import { expect, it } from 'vitest';
import { entityTagOf, readIfMatch } from './entity-tag.ts';

it('takes back the tag it gave', () => {
  expect(readIfMatch(entityTagOf(17))).toEqual({ kind: 'version', version: 17 });
});

it.each([
  { header: undefined, precondition: { kind: 'none' } },
  { header: '*', precondition: { kind: 'none' } },
  { header: ' "3" ', precondition: { kind: 'version', version: 3 } },
  { header: 'W/"3"', precondition: { kind: 'never' } },
  { header: '"abc"', precondition: { kind: 'never' } },
  { header: '"0"', precondition: { kind: 'never' } },
  { header: '"03"', precondition: { kind: 'never' } },
  { header: '""', precondition: { kind: 'never' } },
  { header: '3', precondition: { kind: 'malformed' } },
  { header: '"3", "4"', precondition: { kind: 'malformed' } },
  { header: '', precondition: { kind: 'malformed' } },
])('If-Match: $header is $precondition', ({ header, precondition }) => {
  expect(readIfMatch(header)).toEqual(precondition);
});
