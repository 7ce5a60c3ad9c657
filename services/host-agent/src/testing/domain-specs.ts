import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { NO_VF_PROPERTIES } from '@vfleet/contracts/vocabulary/vnic-profile';
import type { DomainSpec } from '../guests.ts';

/** An interface with a VF: vNIC `v<n>` of a VM with its own MAC, on a network with this VLAN. */
export function vfInterface(
  pciAddress: PciAddress,
  {
    n = 0,
    vlanId = null,
    guestPciAddress = null,
  }: Partial<{ n: number; vlanId: number | null; guestPciAddress: string | null }> = {},
): Extract<DomainInterface, { kind: 'vf' }> {
  return {
    kind: 'vf',
    vnic: { id: `v${n}`, name: `nic${n}` },
    mac: `52:54:00:00:00:${n.toString(16).padStart(2, '0')}`,
    network: { id: 'red', name: 'red', vlanId, mtu: 1500 },
    linked: true,
    bootOrder: null,
    guestPciAddress,
    claim: { claimId: `claim-${n}`, pciAddress, fence: n + 1 },
    properties: NO_VF_PROPERTIES,
    failover: null,
  };
}

/** An interface on a bridge. */
export function bridgeInterface({ n = 0 }: { n?: number } = {}): DomainInterface {
  return {
    kind: 'bridge',
    vnic: { id: `v${n}`, name: `nic${n}` },
    mac: `52:54:00:00:01:${n.toString(16).padStart(2, '0')}`,
    network: { id: 'red', name: 'red', vlanId: 100, mtu: 1500 },
    linked: true,
    bootOrder: null,
    guestPciAddress: null,
    model: 'virtio',
  };
}

/** A VM to start, at the first attempt of its placement. */
export function domainSpec(
  interfaces: readonly DomainInterface[],
  { id = 'vm-1', attempt = 1 }: { id?: string; attempt?: number } = {},
): DomainSpec {
  return {
    vm: { id, name: id },
    placementId: `placement of ${id}`,
    attempt,
    domainXml: null,
    numaNode: null,
    interfaces,
  };
}
