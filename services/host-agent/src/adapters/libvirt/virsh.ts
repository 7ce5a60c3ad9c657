import { spawn } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@vfleet/process/clock';
import { LIBVIRT_AWAY } from '../../core/hypervisor-failures.ts';
import { keyedLock } from '../../keyed-lock.ts';
import { CommandFailed, type Ended, runToEnd } from '../linux/run-to-end.ts';
import { type VirshArgument, withFiles } from './with-files.ts';

/** Questions are answered in milliseconds; a daemon that does not answer is as good as away. */
const QUESTION_MS = 10_000;
/** A client is left to itself when nobody waits for it any longer: ending it would not end what libvirt does. */
const LONGEST_MS = 24 * 3_600_000;
/** Exit status that flock(1) is told to use when another process has the lock. */
const LOCKED = 200;

/** How virsh is run: with arguments, as an array, that follow those of the connection. */
export type Virsh = {
  /** Asks libvirt something. Throws HypervisorAway when it does not answer. */
  ask(args: readonly string[]): Promise<Ended>;
  /** Has libvirt do something, for as long as it takes; `bringsTo` is the VM to which it brings a domain or a device. */
  act(args: readonly VirshArgument[], bringsTo?: string): Promise<Ended>;
  /** Whether something is being brought to a VM, by this or an earlier process of the agent. */
  isBringingTo(vmId: string): Promise<boolean>;
  /** Follows what libvirt tells, line by line, until virsh ends by itself or is stopped. */
  follow(args: readonly string[], onLine: (line: string) => void): { ended: Promise<void>; stop(): void };
};

/** libvirt does not answer: nothing is known of its domains, least of all that they are gone. */
export class HypervisorAway extends Error {
  override readonly name = 'HypervisorAway';
  readonly remedy = LIBVIRT_AWAY.remedy;
}

/**
 * libvirt's own client on this host, in English. One that brings something to a VM outlives this process, and libvirt's
 * work with it: it holds a lock in `lockDir` as long as it lives, shared with others of the same VM.
 */
export function virshOn(uri: string, { clock, lockDir }: { clock: Clock; lockDir: string }): Virsh {
  const looking = keyedLock();
  const binding: Binding = { isRefused: false };
  const lockOf = (vmId: string) => join(lockDir, `domain-${vmId}.lock`);
  const connected = (args: readonly string[]) => ['-q', '-c', uri, ...args];

  return {
    ask: async (args) => {
      const ended = await runToEnd('virsh', connected(args), { deadlineMs: QUESTION_MS, atDeadline: 'kill', clock });
      if (ended !== 'unfinished') return ended;
      throw new HypervisorAway(`libvirt (${uri}) did not answer within ${QUESTION_MS / 1000} s`);
    },
    act: (args, bringsTo) =>
      withFiles(args, async (texts, stdin) => {
        if (bringsTo !== undefined) await mkdir(lockDir, { recursive: true });
        const [program, ...rest] = bringsTo === undefined ? ['virsh'] : ['flock', '-s', lockOf(bringsTo), 'virsh'];
        const all = [...rest, ...connected(texts)];
        const limits = { deadlineMs: LONGEST_MS, atDeadline: 'leave', clock, stdin } as const;
        const ended = await runToEnd(program ?? 'virsh', all, limits);
        if (ended !== 'unfinished') return ended;
        throw new CommandFailed(`virsh ${texts[0]} did not end within a day`);
      }),
    // One look at a time: it takes the lock for a moment, which another would take for somebody's.
    isBringingTo: (vmId) => looking(vmId, () => isLocked(lockOf(vmId), clock)),
    follow: (args, onLine) => follow(connected(args), onLine, binding),
  };
}

async function isLocked(lock: string, clock: Clock): Promise<boolean> {
  const isThere = await access(lock).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (!isThere) return false;
  const args = ['-n', '-x', '-E', String(LOCKED), lock, 'true'];
  const ended = await runToEnd('flock', args, { deadlineMs: QUESTION_MS, atDeadline: 'kill', clock });
  if (ended === 'unfinished') throw new CommandFailed(`flock ${lock} did not end within ${QUESTION_MS / 1000} s`);
  if (ended.exitCode === 0 || ended.exitCode === LOCKED) return ended.exitCode === LOCKED;
  throw new CommandFailed(`flock ${lock} ended with ${ended.exitCode}: ${ended.stderr || 'no message'}`);
}

/** Whether setpriv(1) was found to be missing, or too old to end a program with this process (util-linux 2.33). */
type Binding = { isRefused: boolean };

/**
 * virsh ends with this process however that ends, or each death of an agent would leave one behind, with its connection.
 * Where that cannot be had it is started without at the next time.
 */
function follow(
  args: readonly string[],
  onLine: (line: string) => void,
  binding: Binding,
): { ended: Promise<void>; stop(): void } {
  const bound = ['setpriv', '--pdeathsig', 'TERM', 'virsh'];
  const [program = '', ...before] = binding.isRefused ? ['virsh'] : bound;
  const child = spawn(program, [...before, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (/^setpriv: /m.test(chunk)) binding.isRefused = true;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => {
      binding.isRefused = true;
      resolve();
    });
    child.once('close', () => resolve());
  });
  return {
    ended,
    stop: () => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.kill();
      child.unref();
    },
  };
}

/** Whether virsh ended because libvirt is not there. */
export function isAway({ exitCode, stderr }: Ended): boolean {
  return (
    exitCode !== 0 &&
    /failed to connect to the hypervisor|failed to connect socket|disconnected from|client socket is closed|end of file while reading data|cannot recv data/i.test(
      stderr,
    )
  );
}

/** libvirt's own words for a refusal: virsh says before them what it was at, naming files that are gone by now. */
export function wordsOf({ exitCode, stderr }: Ended): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^error: /, '').trim())
    .filter((line) => line !== '');
  const said = lines.length > 1 ? lines.slice(1) : lines;
  return said.join(' ') || `virsh ended with ${exitCode} and said nothing`;
}
