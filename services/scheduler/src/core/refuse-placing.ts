import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { FleetRejections } from './explain-fleet.ts';
import type { HostRejection } from './explain-host.ts';

/** More characters of one host are cut: a placement keeps what it was refused with. */
const LONGEST = 1000;

/**
 * What a VM is refused with when no host fits: first how many were looked at and how many have which reason, then one
 * refusal for each host that is told, whose detail begins with its name.
 */
export function refuseAllHosts(
  { name, cluster }: { name: string; cluster: Named },
  { rejected, counts, hosts }: Pick<FleetRejections, 'rejected' | 'counts' | 'hosts'>,
): Refusal[] {
  const reasons = counts.map(({ code, hosts: having }) => `${having} ${code}`).join(', ');
  const looked =
    rejected === 0
      ? 'there is no host'
      : `none of ${rejected} host${rejected === 1 ? '' : 's'} fits (${reasons})${hosts.length < rejected ? `; the ${hosts.length} closest follow` : ''}`;
  return [
    refusal('SCHEDULING_ALL_HOSTS_FILTERED_OUT', `${name} of the cluster ${cluster.name}: ${looked}.`),
    ...hosts.map((host) => refusal('SCHEDULING_ALL_HOSTS_FILTERED_OUT', hostInWords(host))),
  ];
}

/** What a vNIC that is to be plugged is refused with: why no VF of the VM's host can serve it. */
export function refusePlug(host: HostRejection): Refusal[] {
  return [refusal('CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF', hostInWords(host))];
}

/** The refusal of the one host that was asked for, when nothing is known of it. */
export function unknownHost(hostId: string): HostRejection {
  const text = 'what is known of it cannot be used: there is no such host, or what inventory tells of it is faulty';
  return { host: { id: hostId, name: hostId }, causes: [{ kind: 'gate', code: 'HOST_NOT_UP', text }] };
}

function hostInWords({ host, causes }: HostRejection): string {
  const text = `${host.name}: ${causes.map((cause) => cause.text).join('; ')}.`;
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
