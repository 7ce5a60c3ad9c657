/**
 * Stands in for vitest in the guest, where there is none: the conformance suites of the Host port run on node:test with
 * these few assertions. A suite that uses another one fails.
 */
import assert from 'node:assert/strict';
import * as runner from 'node:test';
import { isDeepStrictEqual } from 'node:util';

export const { afterEach, beforeEach, describe, it } = runner;

type Matchers = {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
  toContainEqual(expected: unknown): void;
  toBeUndefined(): void;
  toBeGreaterThan(least: number): void;
  toBeLessThanOrEqual(most: number): void;
  not: { toBe(expected: unknown): void };
};

/** What a suite expects of a value; `message` says what the value is of. */
export function expect(actual: unknown, message?: string): Matchers {
  return {
    toBe: (expected) => assert.equal(actual, expected, message),
    toEqual: (expected) => assert.deepEqual(withoutUndefined(actual), withoutUndefined(expected), message),
    toMatchObject: (expected) => assert.partialDeepStrictEqual(actual, expected, message),
    toContainEqual: (expected) => {
      const found = Array.isArray(actual) && actual.some((item) => isDeepStrictEqual(item, expected));
      assert.ok(found, message ?? `${JSON.stringify(actual)} does not hold ${JSON.stringify(expected)}`);
    },
    toBeUndefined: () => assert.equal(actual, undefined, message),
    toBeGreaterThan: (least) => assert.ok(Number(actual) > least, message ?? `${actual} is not above ${least}`),
    toBeLessThanOrEqual: (most) => assert.ok(Number(actual) <= most, message ?? `${actual} is above ${most}`),
    not: { toBe: (expected) => assert.notEqual(actual, expected, message) },
  };
}

/** As vitest's toEqual has it: a field that is undefined is as good as absent. */
function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
