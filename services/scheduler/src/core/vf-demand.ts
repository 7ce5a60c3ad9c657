import type { ResolvedNetwork, ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { VfProperties } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { VfPropertyName } from './host-facts.ts';
import { pciRankOf } from './pci-rank.ts';

/**
 * A vNIC that wants a VF. Without `must` it is a preferred one: its network's bridge will do. `properties` are the VF
 * properties it sets; a pin leaves that VF alone.
 */
export type VfWish = {
  vnic: Named;
  must: boolean;
  network: ResolvedNetwork;
  properties: readonly VfPropertyName[];
  pin: { hostId: string; pciRank: number } | null;
};

/** A network that must be on the host whatever VFs it has: a bridged vNIC's, or a failover's. */
export type NetworkNeed = { vnic: Named; network: ResolvedNetwork; use: 'bridge' | 'failover' };

/** What a VM asks of a host. Wishes are in the order of the VM's vNICs, which decides between equal assignments. */
export type VfDemand = {
  clusterId: string;
  policy: ResolvedVm['policy'];
  numaNode: number | null;
  wishes: readonly VfWish[];
  networks: readonly NetworkNeed[];
};

/** What the plugged vNICs of a resolved VM ask of a host. */
export function demandOf({ cluster, policy, numaNode, vnics }: ResolvedVm): VfDemand {
  return {
    clusterId: cluster.id,
    policy,
    numaNode,
    wishes: vnics.filter(({ needs }) => needs === 'vf' || needs === 'vf-or-bridge').map(wishOf),
    networks: vnics.flatMap(networksOf),
  };
}

function wishOf(vnic: ResolvedVnic): VfWish {
  const { id, name, needs, profile, pinnedVf } = vnic;
  return {
    vnic: { id, name },
    must: needs === 'vf',
    network: networkOf(vnic),
    properties: profile === null ? [] : propertiesOf(profile.vf),
    pin: pinnedVf && { hostId: pinnedVf.hostId, pciRank: pciRankOf(pinnedVf.pciAddress) },
  };
}

function networksOf(vnic: ResolvedVnic): NetworkNeed[] {
  const { id, name, needs, failover } = vnic;
  const bridge = needs === 'bridge' ? [{ vnic: { id, name }, network: networkOf(vnic), use: 'bridge' as const }] : [];
  return failover === null
    ? bridge
    : [...bridge, { vnic: { id, name }, network: failover.network, use: 'failover' as const }];
}

function networkOf({ name, needs, network }: ResolvedVnic): ResolvedNetwork {
  if (network === null) throw new Error(`vNIC ${name} needs ${needs} and has no network`);
  return network;
}

/** The properties that are set: null leaves what the driver does, which every driver supports. */
function propertiesOf(vf: VfProperties): VfPropertyName[] {
  return (Object.keys(vf) as VfPropertyName[]).filter((property) => vf[property] !== null);
}
