import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import { z } from 'zod';
import type { RunCommand } from './run-command.ts';
import { CommandFailed, runToEnd } from './run-to-end.ts';

/** Exit status that flock(1) is told to use when another process has the lock. */
const LOCKED = 200;

/**
 * What every child begins with: files by Node of its own, not dd or tee, whose errnos are texts that differ between C
 * libraries. What a script does to the machine it does in `attempt`. ENOTSUPP (524) is unknown to libuv.
 */
const PRELUDE = `
const fs = require('node:fs');
const write = (file, text) => fs.writeSync(fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_TRUNC), text + '\\n');
const attempt = (work) => {
  let outcome;
  try {
    outcome = work();
  } catch (error) {
    if (error.errno === undefined) throw error;
    outcome = { kind: 'errno', errno: error.errno === -524 ? 'ENOTSUPP' : error.code };
  }
  fs.writeSync(1, JSON.stringify(outcome));
};
`;

/** How work of a child ended when the kernel refused it. */
export const Errno = z.object({ kind: z.literal('errno'), errno: z.string() });

/** Work on files of the kernel: a script that calls `attempt` once, its arguments, and what it answers. */
export type KernelWork<Outcome> = {
  /** File in the lock folder that is held while the child lives. */
  lock: string;
  script: string;
  args: readonly string[];
  outcome: z.ZodType<Outcome>;
  deadlineMs: number;
};

export type KernelChildren = {
  /**
   * Does work in a child; `locked` when another child has the lock. Past its deadline the child is left alone and
   * `unfinished` is answered. A child that cannot run throws CommandFailed.
   */
  work<Outcome>(work: KernelWork<Outcome>): Promise<Outcome | 'locked' | 'unfinished'>;
  /** Whether a child with this lock is alive, of this or of an earlier process. */
  isLocked(lock: string): Promise<boolean>;
};

/** The lock of whatever changes the driver of a device: abandoned work on it must end before other work begins. */
export function bindingLock(address: PciAddress): string {
  return `${address}.binding.lock`;
}

/**
 * Child processes for what may hang in the kernel for good, unkillably: in this process it would hold one of Node's four
 * fs threads. Each runs under `flock -n` on a file in `lockDir`, in a session of its own, and outlives this process.
 */
export function kernelChildren({
  lockDir,
  run,
  clock,
}: {
  lockDir: string;
  run: RunCommand;
  clock: Clock;
}): KernelChildren {
  const locking = async (lock: string) => {
    await mkdir(lockDir, { recursive: true });
    return ['-n', '-E', String(LOCKED), join(lockDir, lock)];
  };

  return {
    work: async ({ lock, script, args, outcome, deadlineMs }) => {
      const child = [process.execPath, '-e', PRELUDE + script, '--', ...args];
      const ended = await runToEnd('flock', [...(await locking(lock)), ...child], {
        deadlineMs,
        atDeadline: 'leave',
        clock,
      });
      if (ended === 'unfinished') return 'unfinished';
      if (ended.exitCode === LOCKED) return 'locked';
      if (ended.exitCode === 0) return outcome.parse(JSON.parse(ended.stdout));
      throw new CommandFailed(`the child for ${lock} ended with ${ended.exitCode}: ${ended.stderr || 'no message'}`);
    },
    isLocked: async (lock) => {
      const { exitCode, stderr } = await run('flock', [...(await locking(lock)), 'true']);
      if (exitCode !== 0 && exitCode !== LOCKED) throw new CommandFailed(`flock ended with ${exitCode}: ${stderr}`);
      return exitCode === LOCKED;
    },
  };
}
