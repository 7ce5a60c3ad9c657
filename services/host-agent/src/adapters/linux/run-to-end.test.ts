import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@vfleet/process/clock';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { describe, expect, it } from 'vitest';
import { commandRunner, outputOf } from './run-command.ts';
import { CommandFailed, runToEnd } from './run-to-end.ts';

const clock = systemClock();

describe('a program', () => {
  it('ends with its status and what it printed, in English and without the environment of the agent', async () => {
    process.env.VFLEET_TEST_SECRET = 'x';
    const script = 'env; echo err >&2; exit 3';
    const ended = await commandRunner(clock)('sh', ['-c', script]);
    delete process.env.VFLEET_TEST_SECRET;
    expect(ended).toMatchObject({ exitCode: 3, stderr: 'err' });
    expect(ended.stdout).toMatch(/^LC_ALL=C$/m);
    expect(ended.stdout).not.toContain('VFLEET_TEST_SECRET');
  });

  it('gets its arguments as they are', async () => {
    expect(await outputOf(commandRunner(clock), 'printf', ['%s', '$HOME; `id`'])).toBe('$HOME; `id`');
  });

  it('that is not there is a fault', async () => {
    const missing = commandRunner(clock)('no-such-program-here', []);
    await expect(missing).rejects.toThrow(new CommandFailed('no-such-program-here is not installed'));
  });

  it('that does not end in time is a fault, and is not waited for', async () => {
    const slow = commandRunner(clock, 100)('sleep', ['60']);
    await expect(slow).rejects.toThrow('sleep 60 did not end within 0.1 s');
  });

  it('that ended while this process was held up beyond the deadline has ended in time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vfleet-run-'));
    const alive = join(folder, 'alive');
    execFileSync('mkfifo', [alive]);
    const running = runToEnd('sh', ['-c', `exec 3> ${alive}; echo done`], {
      deadlineMs: 50,
      atDeadline: 'leave',
      clock,
    });
    // What it reads ends with the program.
    execFileSync('cat', [alive], { timeout: 20_000 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    rmSync(folder, { recursive: true });
    expect(await running).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  });

  it('that fails is a fault for whom needs its output', async () => {
    const failing = outputOf(commandRunner(clock), 'sh', ['-c', 'echo no >&2; exit 2']);
    await expect(failing).rejects.toThrow('ended with 2: no');
  });

  it('left at its deadline runs on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vfleet-run-'));
    const said = join(folder, 'pid');
    execFileSync('mkfifo', [said]);
    const time = virtualClock();
    const script = `echo $$ > ${said}; exec sleep 60`;
    const running = runToEnd('sh', ['-c', script], { deadlineMs: 300, atDeadline: 'leave', clock: time });
    const pid = Number(await readFile(said, 'utf8'));
    await time.advance(300);
    expect(await running).toBe('unfinished');
    rmSync(folder, { recursive: true });
    expect(process.kill(pid, 'SIGTERM')).toBe(true);
  });
});
