import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

it('parses what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 10 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      expect(JSON.stringify(parseJson(JSON.stringify(value, null, indent)))).toBe(JSON.stringify(value));
    }),
  );
});

it('refuses a name that stands twice, wherever it is and whatever it holds', () => {
  const names = fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ',', ':', '\u{1f310}') });
  const values = fc.oneof(fc.jsonValue(), names);
  fc.assert(
    fc.property(names, values, values, fc.array(fc.constantFrom('list', 'object')), (name, one, two, around) => {
      const twice = `{${JSON.stringify(name)}: ${JSON.stringify(one)}, "b": {}, ${JSON.stringify(name)}: ${JSON.stringify(two)}}`;
      const inside = around.reduce((text, each) => (each === 'list' ? `[0, ${text}]` : `{"": ${text}}`), twice);
      expect(() => parseJson(inside)).toThrow('stands twice');
      const apart = twice.replace(', "b": {}, ', '}, {');
      expect(JSON.stringify(parseJson(`[${apart}]`))).toBe(JSON.stringify([{ [name]: one }, { [name]: two }]));
    }),
  );
});

/** Looking at all that came before at each step would take longer than any test may. */
it.each([
  ['one long text', `{"a": "${'x'.repeat(1_000_000)}"}`],
  ['one long text of escapes', `{"a": "${'\\n'.repeat(500_000)}"}`],
  ['many names', `{${Array.from({ length: 300_000 }, (_, index) => `"n${index}":0`).join()}}`],
  ['a long list', `[${'0,'.repeat(500_000)}0]`],
])('walks %s once', (_, text) => {
  expect(JSON.stringify(parseJson(text))).toHaveLength(JSON.stringify(JSON.parse(text)).length);
});

it.each([
  ['nothing', ''],
  ['a text without quotes', 'four'],
  ['an unclosed object', '{"a": 1'],
  ['a trailing comma', '{"a": 1,}'],
  ['a comment', '{"a": 1} // one'],
  ['a second value', '{} {}'],
  ['a name that stands twice', '{"num_of_vfs": 4, "num_of_vfs": 5}'],
  ['a name that stands twice with one value', '{"num_of_vfs": 4, "num_of_vfs": 4}'],
  ['a name that stands twice further in', '{"a": [{"b": 1, "b": 2}]}'],
  ['a name that stands twice in two spellings', '{"a": 1, "\\u0061": 2}'],
  ['values nested too deeply', '['.repeat(65) + ']'.repeat(65)],
  ['values nested without end', '['.repeat(400_000) + ']'.repeat(400_000)],
  ['objects nested without end', '{"a":'.repeat(150_000)],
])('refuses %s', (_, text) => {
  expect(() => parseJson(text)).toThrow();
});
