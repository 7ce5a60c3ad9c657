import type { MtuOutcome } from '../../host.ts';
import type { RunCommand } from './run-command.ts';
import { CommandFailed } from './run-to-end.ts';

/** What `ip` prints of an errno (strerror of the C library, in English), and what the kernel says in its own words. */
const ERRNO_TEXTS: readonly (readonly [text: RegExp, errno: string])[] = [
  [/mtu (greater|less) than device m/i, 'EINVAL'],
  [/Invalid argument/, 'EINVAL'],
  [/Numerical result out of range/, 'ERANGE'],
  [/Device or resource busy/, 'EBUSY'],
  [/Operation not permitted|Permission denied/, 'EPERM'],
  [/Operation not supported/, 'EOPNOTSUPP'],
  [/Cannot allocate memory/, 'ENOMEM'],
  [/Input\/output error/, 'EIO'],
];

/**
 * Sets the MTU of a netdev. The kernel checks it against the driver's range and takes a running port down and up. Throws
 * CommandFailed when `ip` cannot run or does not end in time.
 */
export async function setMtu(run: RunCommand, nic: string, mtu: number): Promise<MtuOutcome> {
  const { exitCode, stderr } = await run('ip', ['link', 'set', 'dev', nic, 'mtu', String(mtu)]);
  if (exitCode === 0) return { kind: 'set' };
  if (/Cannot find device/.test(stderr)) return { kind: 'no-netdev' };
  const text = stderr.replace(/^(RTNETLINK answers|Error): /, '').trim();
  if (text === '') throw new CommandFailed(`ip link set dev ${nic} mtu ${mtu} ended with ${exitCode}: no message`);
  return { kind: 'errno', errno: errnoOf(text), text };
}

function errnoOf(text: string): string {
  return ERRNO_TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'EUNKNOWN';
}
