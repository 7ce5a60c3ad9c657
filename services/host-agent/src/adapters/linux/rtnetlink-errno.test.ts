import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REAL_SRIOV } from '../../../../../test/fixtures/sysfs-tree.ts';
import { rtnetlinkErrno } from './rtnetlink-errno.ts';

const CAPTURE = readFileSync(join(REAL_SRIOV, 'ip-link-vf-commands.txt'), 'utf8');

/** What a real `ip` said to a command, as it was captured. */
function stderrOf(command: string): string {
  const start = CAPTURE.indexOf(`$ ip link set dev ${command}`);
  if (start < 0) throw new Error(`not captured: ${command}`);
  const said = CAPTURE.slice(CAPTURE.indexOf('\n', start) + 1);
  return said.slice(0, said.indexOf('[rc='));
}

describe('a refusal of real igb', () => {
  it.each([
    ['ens11 vf 2 min_tx_rate 50', 'EINVAL'],
    ['ens11 vf 2 max_tx_rate 100000', 'EINVAL'],
    ['ens11 vf 3 state enable', 'EOPNOTSUPP'],
    ['ens11 vf 4 mac', 'EINVAL'],
    ['ens11 vf 0 vlan 4096', 'EINVAL'],
    ['ens11 vf 0 vlan 5 qos 8', 'EINVAL'],
    ['ens11 vf 3 vlan 100 proto 802.1ad', 'EPROTONOSUPPORT'],
    ['ens11 vf 3 mac nonsense', 'EINVAL'],
    ['nosuch0 vf 0', 'ENODEV'],
    ['ens11v0 vf 0', 'EOPNOTSUPP'],
    ['ens11v0 address', 'EADDRNOTAVAIL'],
  ])('ip link set dev %s: %s', (command, errno) => {
    expect(rtnetlinkErrno({ stderr: stderrOf(command) })).toBe(errno);
  });
});

describe('other words', () => {
  it.each([
    ['RTNETLINK answers: Resource busy', 'EBUSY'],
    ['RTNETLINK answers: Device or resource busy', 'EBUSY'],
    ['RTNETLINK answers: Resource temporarily unavailable', 'EAGAIN'],
    ['RTNETLINK answers: Operation not permitted', 'EPERM'],
    ['RTNETLINK answers: Unknown error 524', 'ENOTSUPP'],
    ['RTNETLINK answers: Not a typewriter', null],
    ['Error: mlx5_core: the firmware says no.', null],
    ['', null],
  ])('%s: %s', (stderr, errno) => {
    expect(rtnetlinkErrno({ stderr })).toBe(errno);
  });
});
