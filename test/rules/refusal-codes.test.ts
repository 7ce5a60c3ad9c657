import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_CONTRACTS } from '@vfleet/contracts/contracts';
import { REFUSALS } from '@vfleet/contracts/refusals';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'libs', 'services', 'test'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.endsWith('.ts'));
const textOf = (wanted: (file: string) => boolean) =>
  files
    .filter(wanted)
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');

const isTest = (file: string) => /\.test\.ts$|\/(conformance|testing|killing)\//.test(file);
const product = textOf((file) => !isTest(file) && !file.startsWith('test/') && !/src\/refusals\b/.test(file));
const tests = textOf((file) => isTest(file) && !file.startsWith('test/rules/'));

describe.each(Object.keys(REFUSALS))('the refusal %s', (code) => {
  it('is produced by a rule or a mechanism', () => {
    expect(new RegExp(`(refusal\\([^,()]*|code: )'${code}'`).test(product)).toBe(true);
  });

  it('is seen by a test', () => {
    expect(tests.includes(code)).toBe(true);
  });
});

it('every refusal a command declares is in the table', () => {
  const declared = ALL_CONTRACTS.flatMap((contract) => ('refusals' in contract ? contract.refusals : []));
  expect(declared.filter((code) => !(code in REFUSALS))).toEqual([]);
});
