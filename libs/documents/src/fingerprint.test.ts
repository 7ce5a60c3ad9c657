import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

describe('a fingerprint', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(fingerprint({ a: 1, b: { c: [1, 2], d: null } })).toBe(fingerprint({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it('takes an undefined field for an absent one, as JSON does', () => {
    expect(fingerprint({ a: 1, b: undefined })).toBe(fingerprint({ a: 1 }));
  });

  it('depends on the order of items, on types and on names', () => {
    const all = [{ a: [1, 2] }, { a: [2, 1] }, { a: ['1', 2] }, { b: [1, 2] }, { a: [1, 2, null] }].map(fingerprint);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is equal exactly when the JSON values are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const crossed = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
        expect(fingerprint(left)).toBe(fingerprint(crossed(left)));
        if (fingerprint(left) === fingerprint(right)) expect(crossed(left)).toEqual(crossed(right));
      }),
    );
  });
});
