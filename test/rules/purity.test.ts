import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** What a core/ must not know, and which of the two checks says so. */
const IMPURE: [what: string, by: 'compiler' | 'lint', code: string][] = [
  ['files', 'compiler', "import { readFileSync } from 'node:fs'; export const x = readFileSync('/etc/hosts');"],
  ['the process', 'compiler', 'export const x = process.env.HOME;'],
  ['buffers', 'compiler', "export const x = Buffer.from('x');"],
  ['timers', 'compiler', 'export const x = setTimeout(() => {}, 1);'],
  ['the network', 'compiler', "export const x = fetch('http://127.0.0.1');"],
  ['the console', 'compiler', "console.log('x'); export const x = 1;"],
  ['a stopwatch', 'compiler', 'export const x = performance.now();'],
  ['the clock', 'lint', 'export const x = Date.now();'],
  ["the clock's date", 'lint', 'export const x = new Date();'],
  ['randomness', 'lint', 'export const x = Math.random();'],
];
const PURE = 'export const x = (Math.max(1, 2) + [3].length).toString();';

const directory = mkdtempSync(join(tmpdir(), 'vfleet-purity-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
write('package.json', '{ "type": "module" }');
write('tsconfig.core.json', JSON.stringify({ extends: join(root, 'tsconfig.core.json') }));
write('src/core/pure.ts', PURE);
for (const [index, [, , code]] of IMPURE.entries()) write(`src/core/impure-${index}.ts`, code);

const [compiler, lint] = await Promise.all([
  complaints(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.core.json', '--pretty', 'false']),
  complaints(join(root, 'node_modules/.bin/biome'), [
    'lint',
    `--config-path=${root}`,
    '--vcs-enabled=false',
    '--reporter=github',
    'src/core',
  ]),
]);

describe('a core/', () => {
  it.each(IMPURE.map((row, index) => [...row, index] as const))(
    'must not know %s: the %s says so',
    (_what, by, _code, index) => {
      const said = by === 'compiler' ? compiler : lint;
      const why = by === 'compiler' ? /Cannot find (name|module)/ : /argument of a pure function|global variable Date/;
      const complaints = said.filter((line) => line.includes(`/impure-${index}.ts`));
      expect(complaints.length).toBeGreaterThan(0);
      expect(complaints[0]).toMatch(why);
    },
  );

  it('may calculate', () => {
    expect([...compiler, ...lint].filter((line) => line.includes('/pure.ts'))).toEqual([]);
  });
});

async function complaints(command: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await run(command, args, { cwd: directory }).catch((error: { stdout: string }) => error);
  return stdout.split('\n').filter(Boolean);
}

function write(file: string, content: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), `${content}\n`);
}
