import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runStep, type Step } from './step.ts';

const root = mkdtempSync(join(tmpdir(), 'vfleet-step-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(step: Omit<Step, 'name'>, signal = new AbortController().signal) {
  return runStep({ name: 'a step', ...step }, { root, logs: join(root, 'logs'), signal });
}
const node = (program: string) => [process.execPath, '-e', program];

describe('runStep', () => {
  it('runs in the root with the environment given, and keeps the output', async () => {
    const result = await run({
      command: node('console.log(process.cwd(), process.env.GIVEN, process.env.PATH.split(":")[0])'),
      env: { GIVEN: 'yes' },
    });
    expect(result).toMatchObject({ name: 'a step', passed: 1, failed: 0, skipped: [] });
    expect(readFileSync(result.log, 'utf8')).toBe(`${root} yes ${root}/node_modules/.bin\n`);
  });

  it('takes a variable away', async () => {
    const result = await run({ command: node('process.exit(process.env.HOME ? 1 : 0)'), env: { HOME: undefined } });
    expect(result.passed).toBe(1);
  });

  it('fails with the command', async () => {
    expect(await run({ command: node('process.exit(2)') })).toMatchObject({ passed: 0, failed: 1 });
  });

  it('fails when the command does not exist', async () => {
    expect(await run({ command: ['no-such-command'] })).toMatchObject({ passed: 0, failed: 1 });
  });

  it('ends the command when the run is aborted, as a failure', async () => {
    const abort = new AbortController();
    const running = run({ command: node('setInterval(() => {}, 1000)') }, abort.signal);
    abort.abort();
    expect(await running).toMatchObject({ passed: 0, failed: 1 });
  });

  it.each([
    ['skipped', { failed: 0, skipped: ['no RabbitMQ: not root'] }],
    ['failed', { failed: 1, skipped: [] }],
  ] as const)('does not run what is blocked, as %s', async (as, counts) => {
    const result = await run({ command: ['never'], blocked: { as, reason: 'no RabbitMQ: not root' } });
    expect(result).toMatchObject({ passed: 0, ...counts });
    expect(readFileSync(result.log, 'utf8')).toContain('not root');
  });
});
