import type { ResolvedNetwork, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import type { DomainInterface, InterfaceNetwork } from '@vfleet/contracts/vocabulary/domain';
import type { z } from 'zod';
import type { PlacedVnic } from './placement.ts';

/**
 * The interface a domain gets for a vNIC: its claimed VF, or a device on the bridge of its network. A degraded vNIC is a
 * virtio one: the guest has no driver for a VF that is not there.
 */
export function domainInterface(vnic: ResolvedVnic, { vf, guestPciAddress }: PlacedVnic): DomainInterface {
  const common = {
    vnic: { id: vnic.id, name: vnic.name },
    mac: vnic.mac,
    network: vnic.network && interfaceNetwork(vnic.network),
    linked: vnic.linked,
    bootOrder: vnic.bootOrder,
    guestPciAddress: guestPciAddress ?? vnic.guestPciAddress,
  };
  if (!vf) {
    return { kind: 'bridge', ...common, model: vnic.interface === 'pci_passthrough' ? 'virtio' : vnic.interface };
  }
  if (vf.fence === null) throw new Error(`the claim ${vf.claimId} of vNIC ${vnic.name} has no fence yet`);
  if (!vnic.profile) throw new Error(`vNIC ${vnic.name} has a VF and no profile`);
  return {
    kind: 'vf',
    ...common,
    claim: { claimId: vf.claimId, pciAddress: vf.pciAddress, fence: vf.fence },
    properties: vnic.profile.vf,
    failover: vnic.failover && interfaceNetwork(vnic.failover.network),
  };
}

function interfaceNetwork({ id, name, vlanId, mtu }: ResolvedNetwork): z.infer<typeof InterfaceNetwork> {
  return { id, name, vlanId, mtu };
}
