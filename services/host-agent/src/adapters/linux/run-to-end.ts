import { spawn } from 'node:child_process';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Clock } from '@vfleet/process/clock';

export type Ended = { exitCode: number | null; stdout: string; stderr: string };

/** A program of the host is missing, failed or did not end in time. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/**
 * Runs a program with an argument array, in English, without the agent's environment, until it ends or its deadline
 * comes. Then it is told to end (`kill`) or left to itself, with a session of its own from the start (`leave`); either
 * way nothing here waits for it any longer, as it may sit in the kernel where no signal reaches it.
 * Throws CommandFailed when the program cannot start.
 */
export async function runToEnd(
  program: string,
  args: readonly string[],
  {
    deadlineMs,
    atDeadline,
    clock,
    stdin = 'ignore',
  }: {
    deadlineMs: number;
    atDeadline: 'kill' | 'leave';
    clock: Clock;
    /** A file that is open, which the program reads as its standard input. */
    stdin?: number | 'ignore';
  },
): Promise<Ended | 'unfinished'> {
  const child = spawn(program, args, {
    detached: atDeadline === 'leave',
    stdio: [stdin, 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  const { stdout: out, stderr: err } = child;
  if (!out || !err) throw new Error(`${program} was started without its outputs`);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  out.on('data', (chunk: Buffer) => stdout.push(chunk));
  err.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)));
    child.once('close', (exitCode) => resolve({ exitCode, stdout: textOf(stdout), stderr: textOf(stderr).trim() }));
  });
  const over = new AbortController();
  const late = clock.sleep(deadlineMs, over.signal).then(
    () => afterNews().then(() => 'unfinished' as const),
    () => ended,
  );
  try {
    const outcome = await Promise.race([ended, late]);
    if (outcome === 'unfinished') {
      ended.catch(() => undefined);
      if (atDeadline === 'kill') child.kill();
      out.destroy();
      err.destroy();
      child.unref();
    }
    return outcome;
  } finally {
    over.abort();
  }
}

/**
 * A process that was itself held up beyond a deadline meets its own timer before the news that a child has ended. These
 * turns of the event loop let such news in: end, and the end of both outputs.
 */
async function afterNews(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await immediate();
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString();
}

function cannotRun(program: string, error: NodeJS.ErrnoException): CommandFailed {
  const problem =
    error.code === 'ENOENT' ? `${program} is not installed` : `${program} cannot be run: ${error.message}`;
  return new CommandFailed(problem, { cause: error });
}
