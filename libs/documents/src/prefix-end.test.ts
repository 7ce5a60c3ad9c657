import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prefixEnd } from './prefix-end.ts';

const byCodePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const text = fc.string({ unit: 'binary', maxLength: 4 }).filter((value) => value.isWellFormed());

it.each([
  ['', undefined],
  ['a', 'b'],
  ['a%', 'a&'],
  ['a\ud7ff', 'a\ue000'],
  ['a\u{10ffff}', 'b'],
  ['\u{10ffff}', undefined],
])('the end of %j is %j', (prefix, end) => expect(prefixEnd(prefix)).toBe(end));

it('what begins with a prefix lies from it to its end, and nothing else does', () => {
  fc.assert(
    fc.property(text, fc.oneof(text, fc.constantFrom('\u{10ffff}', 'z')), (prefix, rest) => {
      const end = prefixEnd(prefix);
      const inRange = (value: string) =>
        byCodePoints(value, prefix) >= 0 && (end === undefined || byCodePoints(value, end) < 0);
      expect(inRange(prefix + rest)).toBe(true);
      expect(inRange(rest)).toBe(rest.startsWith(prefix));
    }),
  );
});
