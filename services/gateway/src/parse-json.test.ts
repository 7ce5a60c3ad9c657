import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

it('parses what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(parseJson(JSON.stringify(value)))).toBe(JSON.stringify(value));
    }),
  );
});

it.each([
  ['nothing', ''],
  ['a text without quotes', 'four'],
  ['an unclosed object', '{"a": 1'],
  ['a trailing comma', '{"a": 1,}'],
  ['a comment', '{"a": 1} // one'],
  ['a second value', '{} {}'],
  ['a name that stands twice', '{"num_of_vfs": 4, "num_of_vfs": 5}'],
  ['a name that stands twice further in', '{"a": [{"b": 1, "b": 2}]}'],
  ['a name that stands twice in two spellings', '{"a": 1, "\\u0061": 2}'],
  ['values nested without end', '['.repeat(400_000) + ']'.repeat(400_000)],
])('refuses %s', (_, text) => {
  expect(() => parseJson(text)).toThrow();
});
