import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import { z } from 'zod';
import type { Host } from '../../host.ts';
import type { RunCommand } from './run-command.ts';
import { CommandFailed, type Ended, runToEnd } from './run-to-end.ts';

/** Exit status that flock(1) is told to use when another process has the lock. */
const LOCKED = 200;

/**
 * What a child runs: reads a file, or writes a text to it. Node of its own, not dd or tee: the errno
 * comes as a code, where those have only a text that differs between C libraries. ENOTSUPP (524) is unknown to libuv.
 */
const SCRIPT = `
const fs = require('node:fs');
const [file, text] = process.argv.slice(1);
const answer = (outcome) => fs.writeSync(1, JSON.stringify(outcome));
try {
  if (text === undefined) {
    answer({ kind: 'value', value: Number(fs.readFileSync(file, 'utf8')) });
  } else {
    fs.writeSync(fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_TRUNC), text + '\\n');
    answer({ kind: 'written' });
  }
} catch (error) {
  if (error.errno === undefined) throw error;
  answer({ kind: 'errno', errno: error.errno === -524 ? 'ENOTSUPP' : error.code });
}
`;

const Errno = z.object({ kind: z.literal('errno'), errno: z.string() });
const Written = z.discriminatedUnion('kind', [z.object({ kind: z.literal('written') }), Errno]);
const Value = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value: z.int().nonnegative() }),
  Errno,
]);

/**
 * All that touches `sriov_numvfs`, in child processes: a write may hang in the kernel for good, unkillably, and the
 * reads of the same file with it; in this process each would hold one of Node's four fs threads. A writer runs under
 * `flock -n` on a file of its PF in `lockDir`, in a session of its own, and outlives this process: as long as it lives
 * nobody else writes. Past its deadline a child is left alone. A reader has a lock file of its own, so that readers do
 * not gather behind a foreign write that hangs: while one is left there, a read is `unfinished` at once. A child that
 * cannot run throws CommandFailed.
 */
export function kernelWrites({
  root,
  lockDir,
  run,
  clock,
}: {
  root: string;
  lockDir: string;
  run: RunCommand;
  clock: Clock;
}): Pick<Host, 'writeNumVfs' | 'readNumVfs' | 'writerAlive' | 'rebindVf'> {
  const pci = join(root, 'sys/bus/pci');
  const numVfsOf = (address: PciAddress) => join(pci, 'devices', address, 'sriov_numvfs');
  const script = (args: readonly string[]) => [process.execPath, '-e', SCRIPT, '--', ...args];
  const lockOf = async (address: PciAddress, file = `${address}.lock`) => {
    await mkdir(lockDir, { recursive: true });
    return ['-n', '-E', String(LOCKED), join(lockDir, file)];
  };
  const readLockOf = (address: PciAddress) => lockOf(address, `${address}.lock.read`);
  const leave = ([program = '', ...args]: readonly string[], deadlineMs: number) =>
    runToEnd(program, args, { deadlineMs, atDeadline: 'leave', clock });

  return {
    writeNumVfs: async (address, count, deadlineMs) => {
      const writer = script([numVfsOf(address), String(count)]);
      const ended = await leave(['flock', ...(await lockOf(address)), ...writer], deadlineMs);
      if (ended === 'unfinished') return { kind: 'unfinished' };
      if (ended.exitCode === LOCKED) return { kind: 'locked' };
      return answerIn(ended, Written);
    },
    readNumVfs: async (address, deadlineMs) => {
      const reader = script([numVfsOf(address)]);
      const ended = await leave(['flock', ...(await readLockOf(address)), ...reader], deadlineMs);
      if (ended === 'unfinished' || ended.exitCode === LOCKED) return { kind: 'unfinished' };
      return answerIn(ended, Value);
    },
    writerAlive: async (address) => {
      const { exitCode, stderr } = await run('flock', [...(await lockOf(address)), 'true']);
      if (exitCode !== 0 && exitCode !== LOCKED) throw new CommandFailed(`flock ended with ${exitCode}: ${stderr}`);
      return exitCode === LOCKED;
    },
    rebindVf: async (address, deadlineMs) => {
      const unbind = [join(pci, 'devices', address, 'driver/unbind'), address];
      const probe = [join(pci, 'drivers_probe'), address];
      // Two children: a VF without a driver has nothing to be unbound from, and is probed all the same.
      const unbound = await leave(script(unbind), deadlineMs);
      if (unbound === 'unfinished') return 'unfinished';
      return (await leave(script(probe), deadlineMs)) === 'unfinished' ? 'unfinished' : 'done';
    },
  };
}

function answerIn<Outcome>({ exitCode, stdout, stderr }: Ended, schema: z.ZodType<Outcome>): Outcome {
  if (exitCode === 0) return schema.parse(JSON.parse(stdout));
  throw new CommandFailed(`the child for sriov_numvfs ended with ${exitCode}: ${stderr || 'no message'}`);
}
