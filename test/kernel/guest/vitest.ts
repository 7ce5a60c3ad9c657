/**
 * Stands in for vitest in the guest, where there is none: the conformance suites of the agent's ports run on node:test
 * with these few assertions. A suite that uses another one fails.
 */
import assert from 'node:assert/strict';
import * as runner from 'node:test';
import { inspect, isDeepStrictEqual } from 'node:util';

export const { afterEach, beforeEach, describe } = runner;

type Body<Row> = (row: Row) => Promise<void> | void;

export const it = Object.assign(runner.it.bind(undefined), {
  /** One test a row; `%o` and `%s` in the name are the row. */
  each:
    <Row>(rows: readonly Row[]) =>
    (name: string, body: Body<Row>) => {
      for (const row of rows) {
        runner.it(name.replace(/%[os]/, typeof row === 'string' ? row : inspect(row)), async () => body(row));
      }
    },
});

type Matchers = {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toHaveLength(expected: number): void;
  toMatch(expected: RegExp): void;
  toMatchObject(expected: object): void;
  toContainEqual(expected: unknown): void;
  toBeUndefined(): void;
  toBeNull(): void;
  toBeGreaterThan(least: number): void;
  toBeGreaterThanOrEqual(least: number): void;
  toBeLessThan(most: number): void;
  toBeLessThanOrEqual(most: number): void;
  not: { toBe(expected: unknown): void; toBeNull(): void };
};

/** What a value is to be like, inside of an object that another is to match. */
class Like {
  readonly words: string;
  readonly holds: (actual: unknown) => boolean;

  constructor(words: string, holds: (actual: unknown) => boolean) {
    this.words = words;
    this.holds = holds;
  }
}

/** What a suite expects of a value; `message` says what the value is of. */
export const expect = Object.assign(expectations, {
  any: (type: StringConstructor) => new Like(`any ${type.name}`, (actual) => typeof actual === 'string'),
  stringMatching: (pattern: RegExp | string) =>
    new Like(`a text like ${pattern}`, (actual) => typeof actual === 'string' && new RegExp(pattern).test(actual)),
  stringContaining: (part: string) =>
    new Like(`a text with ${part}`, (actual) => typeof actual === 'string' && actual.includes(part)),
});

function expectations(actual: unknown, message?: string): Matchers {
  return {
    toBe: (expected) => assert.equal(actual, expected, message),
    toEqual: (expected) =>
      assert.deepEqual(withoutUndefined(actual), withoutUndefined(asSeen(expected, actual)), message),
    toHaveLength: (expected) => assert.equal((actual as { length: number }).length, expected, message),
    toMatch: (expected) => assert.match(String(actual), expected, message),
    toMatchObject: (expected) => assert.partialDeepStrictEqual(actual, asSeen(expected, actual), message),
    toContainEqual: (expected) => {
      const found = Array.isArray(actual) && actual.some((item) => isDeepStrictEqual(item, expected));
      assert.ok(found, message ?? `${JSON.stringify(actual)} does not hold ${JSON.stringify(expected)}`);
    },
    toBeUndefined: () => assert.equal(actual, undefined, message),
    toBeNull: () => assert.equal(actual, null, message),
    toBeGreaterThanOrEqual: (least) => assert.ok(Number(actual) >= least, message ?? `${actual} is below ${least}`),
    toBeLessThan: (most) => assert.ok(Number(actual) < most, message ?? `${actual} is not below ${most}`),
    toBeGreaterThan: (least) => assert.ok(Number(actual) > least, message ?? `${actual} is not above ${least}`),
    toBeLessThanOrEqual: (most) => assert.ok(Number(actual) <= most, message ?? `${actual} is above ${most}`),
    not: {
      toBe: (expected) => assert.notEqual(actual, expected, message),
      toBeNull: () => assert.notEqual(actual, null, message),
    },
  };
}

/** What is expected, with what was seen in the place of each Like that it is like. */
function asSeen(expected: unknown, actual: unknown): never {
  if (expected instanceof Like) return (expected.holds(actual) ? actual : expected.words) as never;
  if (Array.isArray(expected)) {
    return expected.map((each, index) => asSeen(each, Array.isArray(actual) ? actual[index] : undefined)) as never;
  }
  if (typeof expected !== 'object' || expected === null) return expected as never;
  const seen = (typeof actual === 'object' ? actual : null) as Record<string, unknown> | null;
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, asSeen(value, seen?.[key])])) as never;
}

/** As vitest's toEqual has it: a field that is undefined is as good as absent. */
function withoutUndefined(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
