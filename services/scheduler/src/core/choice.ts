import type { RunVm } from './placement.ts';

/** Whether a host that was chosen for a VM as it was is as well chosen for the VM as it is. */
export function isSameChoice(before: RunVm, now: RunVm): boolean {
  return JSON.stringify(chosenBy(before)) === JSON.stringify(chosenBy(now));
}

/** What of a VM decides where it fits; whether its networks are still allowed there is judged with the claim. */
function chosenBy({ cluster, policy, numaNode, vnics }: RunVm): unknown {
  return [
    cluster.id,
    policy,
    numaNode,
    vnics.map(({ id, needs, pinnedVf, profile, network, failover }) => [
      ...[id, needs, pinnedVf?.hostId, pinnedVf?.pciAddress, profile?.vf],
      ...[network?.id, network?.mtu, failover?.network.id],
    ]),
  ];
}
