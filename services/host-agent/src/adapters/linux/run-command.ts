import type { Clock } from '@vfleet/process/clock';
import { CommandFailed, type Ended, runToEnd } from './run-to-end.ts';

/** Runs a program of the host with an argument array. Throws CommandFailed when it cannot start or does not end in time. */
export type RunCommand = (program: string, args: readonly string[]) => Promise<Ended>;

/** The programs used here answer in milliseconds; one that waits for a lock of the kernel (rtnl) must not hold a scan for ever. */
const DEADLINE_MS = 10_000;

/** Runs the host's own programs. */
export function commandRunner(clock: Clock, deadlineMs = DEADLINE_MS): RunCommand {
  return async (program, args) => {
    const ended = await runToEnd(program, args, { deadlineMs, atDeadline: 'kill', clock });
    if (ended !== 'unfinished') return ended;
    throw new CommandFailed(`${[program, ...args].join(' ')} did not end within ${deadlineMs / 1000} s`);
  };
}

/** What a program prints; one that ends with anything but 0 throws CommandFailed. */
export async function outputOf(run: RunCommand, program: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(program, args);
  if (exitCode === 0) return stdout;
  throw new CommandFailed(`${[program, ...args].join(' ')} ended with ${exitCode}: ${stderr || 'no message'}`);
}
