import type { MtuOutcome } from '../../host.ts';
import { rtnetlinkErrno } from './rtnetlink-errno.ts';
import type { RunCommand } from './run-command.ts';
import { CommandFailed } from './run-to-end.ts';

/** How the kernel says in its own words that an MTU is out of the range of the driver (dev_validate_mtu): EINVAL. */
const OUT_OF_RANGE = /mtu (greater|less) than device m/i;

/**
 * Sets the MTU of a netdev. The kernel checks it against the driver's range and takes a running port down and up. Throws
 * CommandFailed when `ip` cannot run or does not end in time.
 */
export async function setMtu(run: RunCommand, nic: string, mtu: number): Promise<MtuOutcome> {
  const { exitCode, stderr } = await run('ip', ['link', 'set', 'dev', nic, 'mtu', String(mtu)]);
  if (exitCode === 0) return { kind: 'set' };
  const errno = OUT_OF_RANGE.test(stderr) ? 'EINVAL' : rtnetlinkErrno({ stderr });
  if (errno === 'ENODEV') return { kind: 'no-netdev' };
  const text = stderr.replace(/^(RTNETLINK answers|Error): /, '').trim();
  if (text === '') throw new CommandFailed(`ip link set dev ${nic} mtu ${mtu} ended with ${exitCode}: no message`);
  return { kind: 'errno', errno: errno ?? 'EUNKNOWN', text };
}
