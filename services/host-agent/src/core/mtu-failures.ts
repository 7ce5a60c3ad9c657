import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import type { MtuFailureCode } from '@vfleet/contracts/vocabulary/pf-mtu';
import { describePf, type PfSubject } from './pf-subject.ts';

/** What went wrong with the MTU of a PF. `text` is what the kernel said, `got` null when it could not be read back. */
export type MtuFailureSeen =
  | { kind: 'mtu-errno'; errno: string; text: string; mtu: number }
  | { kind: 'mtu-not-kept'; asked: number; got: number | null }
  | { kind: 'mtu-without-netdev'; mtu: number };

type MtuFailure = ChangeFailure & { code: MtuFailureCode };

/** Cause and remedy of a failure with the MTU of a PF, in words an administrator can act on. */
export function explainMtuFailure(seen: MtuFailureSeen, pf: PfSubject): MtuFailure {
  const name = describePf(pf);
  switch (seen.kind) {
    case 'mtu-errno':
      return {
        code: 'MTU_REFUSED',
        cause: `the kernel refused an MTU of ${seen.mtu} for ${name}: ${seen.text} (${seen.errno})`,
        remedy: remedyOf(seen.errno, pf),
      };
    case 'mtu-not-kept':
      return {
        code: 'MTU_NOT_KEPT',
        cause:
          seen.got === null
            ? `an MTU of ${seen.asked} was set on ${name}, whose network device was gone when it was read back`
            : `an MTU of ${seen.asked} was set on ${name}, which then had ${seen.got}: something else on the host changed it`,
        remedy: `Find what else manages ${pf.nic ?? pf.pciAddress} (NetworkManager, systemd-networkd, a script) and give it the same MTU; then send the MTU again.`,
      };
    case 'mtu-without-netdev':
      return {
        code: 'MTU_WITHOUT_NETDEV',
        cause: `${name} has no network device in the host's own network namespace, so no MTU of ${seen.mtu} can be set`,
        remedy: `Load the driver of the card (lspci -k -s ${pf.pciAddress} names it), or move its network device back; then send the MTU again.`,
      };
  }
}

/** EINVAL is the kernel's word for an MTU that the driver does not take (dev_validate_mtu). */
function remedyOf(errno: string, { pciAddress, nic }: PfSubject): string {
  const device = nic ?? pciAddress;
  switch (errno) {
    case 'EINVAL':
    case 'ERANGE':
      return `Ask for an MTU that the driver takes: ip -d link show dev ${device} tells the most as maxmtu.`;
    case 'EBUSY':
      return `Something keeps ${device} from being changed (an XDP program, another operation of its driver): look at ip -d link show dev ${device} and dmesg, then send the MTU again.`;
    case 'EPERM':
      return 'Run vfleet-host-agent with the capability CAP_NET_ADMIN.';
    default:
      return `Look at dmesg for what the driver of ${device} says, then send the MTU again.`;
  }
}
