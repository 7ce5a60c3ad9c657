import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { VfReason } from '@vfleet/contracts/vocabulary/vf-in-use';
import type { VfProperties } from '@vfleet/contracts/vocabulary/vnic-profile';

/** Networks by themselves and through their labels, as an administrator lists them on a VfsConfig or on a nic. */
export type NetworkFacts = { networkIds: readonly string[]; labels: readonly string[] };

export type VfPropertyName = keyof VfProperties;

/** Why no VF of a PF can be taken: its change is open or does not end, its number is not the one in force, it is unhealthy. */
export type PfBlock = {
  code: Extract<VfReason['code'], 'PF_CHANGING' | 'PF_STUCK' | 'PF_DRIFTED' | 'PF_UNHEALTHY'>;
  text: string;
};

/**
 * A PF as inventory's ledger knows it. `card` is equal for the ports of one card. `mtu` is null when the host has not
 * told it. `unsupported` are the VF properties that its driver was found to refuse. `vfs` counts all its VFs;
 * `notFree` says how many of them are not free for which reason, a VF with several reasons once under each.
 */
export type PfFacts = {
  id: string;
  name: string;
  pciAddress: PciAddress;
  card: string;
  numaNode: number | null;
  mtu: number | null;
  allowed: 'all' | NetworkFacts;
  unsupported: readonly VfPropertyName[];
  blocked: readonly PfBlock[];
  vfs: number;
  freeVfs: readonly PciAddress[];
  notFree: readonly { code: VfReason['code']; vfs: number }[];
};

/** A host as inventory's ledger knows it; `attached` are the networks on its own nics, bridged for virtio vNICs. */
export type HostFacts = {
  id: string;
  name: string;
  clusterId: string;
  status: Host['status'];
  attached: NetworkFacts;
  pfs: readonly PfFacts[];
};
