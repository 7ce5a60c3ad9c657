import type { ResolvedNetwork } from '@vfleet/contracts/policy/runs';
import { pciRankOf } from '../core/pci-rank.ts';
import type { VfDemand, VfWish } from '../core/vf-demand.ts';

/** A network that every PF with an MTU of 1500 carries. */
export function sampleNetwork(id: string, network: Partial<ResolvedNetwork> = {}): ResolvedNetwork {
  return { id, version: 1, name: id, vlanId: null, mtu: 1500, label: null, portIsolation: false, ...network };
}

/** A vNIC that must have a VF of a network; `pinnedTo` is the name of a sample host and the address of a VF. */
export function sampleWish(
  name: string,
  network: string,
  { pinnedTo, ...wish }: Partial<VfWish> & { pinnedTo?: [host: string, address: string] } = {},
): VfWish {
  return {
    vnic: { id: `id-${name}`, name },
    must: true,
    network: sampleNetwork(network),
    properties: [],
    pin: pinnedTo ? { hostId: `id-${pinnedTo[0]}`, pciRank: pciRankOf(pinnedTo[1]) } : null,
    ...wish,
  };
}

/** What a VM asks that packs and does not care for NUMA nodes. */
export function sampleDemand(wishes: readonly VfWish[], demand: Partial<VfDemand> = {}): VfDemand {
  return { clusterId: 'default', policy: 'pack', numaNode: null, wishes, networks: [], ...demand };
}
