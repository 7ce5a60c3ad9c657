import { existsSync, readFileSync } from 'node:fs';
import { FAULT_SCENARIOS } from '@vfleet/host-agent/adapters/fault-scenarios';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const FAULTS = new URL('test/faults/', ROOT);

/** The modes that a simulated host shows: the table, the scenarios and the tests must agree on them. */
const MODES = [...range(1, 34), ...[41, 42, 44, 45], ...range(48, 53), ...range(58, 60)].map((number) => `F${number}`);

const rows = new Map(
  readFileSync(new URL('README.md', FAULTS), 'utf8')
    .split('\n')
    .filter((line) => /^\| F\d+ \|/.test(line))
    .map((line) => {
      const [, mode = '', happens = '', test = '', kernel = ''] = line.split('|').map((cell) => cell.trim());
      return [mode, { happens, test, kernel }] as const;
    }),
);

it('every mode has a row in test/faults/README.md and a scenario, and nothing else has', () => {
  expect([...rows.keys()]).toEqual(MODES);
  expect(Object.keys(FAULT_SCENARIOS)).toEqual(MODES);
});

describe.each(MODES)('%s', (mode) => {
  const row = rows.get(mode);

  it('is in the name of a test of the file that its row names, on the machine of its scenario', () => {
    const [, file = ''] = row?.test.match(/^`(.+)`$/) ?? [];
    const source = readFileSync(new URL(file, FAULTS), 'utf8');
    expect(source).toContain(`FAULT_SCENARIOS.${mode}.machine`);
    expect(source).toMatch(new RegExp(`\\bit(\\.each\\([^]*?\\))?\\(\\s*['"]${mode}: `));
  });

  it('is shown on the real kernel by a file that is there, or its row says why it cannot be', () => {
    const [, file] = row?.kernel.match(/^`(.+)`$/) ?? [];
    expect(file === undefined ? /^no: .{10}/.test(row?.kernel ?? '') : existsSync(new URL(file, ROOT))).toBe(true);
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
