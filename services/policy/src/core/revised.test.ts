import fc from 'fast-check';
import { expect, it } from 'vitest';
import { revised } from './revised.ts';

it('raises the revision of what has changed', () => {
  expect(revised({ revision: 3, name: 'red' }, { revision: 3, name: 'blue' })).toEqual({ revision: 4, name: 'blue' });
});

it.each([
  ['another value within', { revision: 1, vf: { trust: true } }, { revision: 1, vf: { trust: false } }],
  ['one more item', { revision: 1, roles: ['display'] }, { revision: 1, roles: ['display', 'migration'] }],
  ['a field less', { revision: 1, a: 1, b: null }, { revision: 1, a: 1 }],
  ['another field', { revision: 1, a: 1 }, { revision: 1, b: 1 }],
  ['null for an object', { revision: 1, limit: {} }, { revision: 1, limit: null }],
  ['a list for an object', { revision: 1, limit: {} }, { revision: 1, limit: [] }],
])('sees %s', (_, stored, changed) => {
  expect(revised<{ revision: number }>(stored, changed)).toEqual({ ...changed, revision: 2 });
});

it('leaves alone what is the same, in whatever order its fields stand', () => {
  const body = fc.record({ revision: fc.integer({ min: 1 }), rest: fc.jsonValue() });
  fc.assert(
    fc.property(body, (stored) => {
      expect(revised(stored, reordered(stored) as typeof stored)).toBeUndefined();
    }),
  );
});

function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reordered(field)]),
  );
}
