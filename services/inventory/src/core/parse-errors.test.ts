import { expect, it } from 'vitest';
import { shown, toldErrors } from './parse-errors.ts';

it.each([
  [0, 0],
  [50, 50],
  [51, 51],
  [9_000, 51],
])('of %i errors %i are told', (made, told) => {
  const errors = Array.from({ length: made }, (_, index) => ({ device: `d${index}`, field: 'driver', detail: 'is 7' }));
  const result = toldErrors(errors);
  expect(result.slice(0, 50)).toEqual(errors.slice(0, 50));
  expect(result.length).toBe(told);
  if (made > 50) expect(result.at(-1)).toEqual({ device: null, field: null, detail: `and ${made - 50} more errors` });
});

it.each([
  ['igb', '"igb"'],
  ['a "quoted"\nname', '"a \\"quoted\\"\\nname"'],
  [undefined, 'undefined'],
  [null, 'null'],
  [1e300, '1e+300'],
  [[1, 2], 'a list'],
  [{ a: 1 }, 'an object'],
  ['x'.repeat(1_000_000), `"${'x'.repeat(80)}…"`],
])('%# shows as %s', (value, expected) => {
  expect(shown(value)).toBe(expected);
});
