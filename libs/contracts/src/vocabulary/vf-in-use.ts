import type { NicReport, UpperDevice, VfReport } from './host-report.ts';

/** Why a VF is not free. `in use` reasons (the first block) also forbid a change of the number of VFs. */
export const VF_REASONS = {
  CLAIMED: 'is claimed for a virtual machine',
  HELD_BY_DOMAIN: 'is held by a domain of the hypervisor',
  NOT_CLEANED: 'is not cleaned yet after its last use',
  VFIO_OPEN: 'is open through vfio',
  VFIO_UNREADABLE: 'is bound to vfio-pci and its holders cannot be read, so it counts as in use',
  NETNS_MOVED: 'has its network device in another network namespace',
  MACVTAP: 'has a macvtap or macvlan device on it',
  BRIDGE: 'is a port of a bridge',
  VLAN: 'has a VLAN device on it',
  BOND_SLAVE: 'is a slave of a bond',
  HAS_ADDRESS: 'carries an IP address; take it off to free the VF',
  NOT_LOOKED_AT: 'is listed by its host, but what holds it was not reported, so it counts as in use',
  NO_NETDEV: 'has no network device on the host',
  SHARED_IOMMU_GROUP: 'shares its IOMMU group with other devices',
  NO_IOMMU_GROUP: 'has no IOMMU group; enable the IOMMU in BIOS and on the kernel command line',
  NOT_ASSIGNABLE: 'is reported as not assignable',
  REPORTED_NOT_FREE: 'is reported as not free by the host',
  PF_CHANGING: 'belongs to a physical function that is being changed',
  PF_STUCK: 'belongs to a physical function that is stuck in a change',
  PF_DRIFTED: 'belongs to a physical function whose number of virtual functions something else than VFleet changed',
  PF_UNHEALTHY: 'belongs to a physical function that is not healthy',
  ORPHAN: 'is not connected to the computer in the device tree',
} as const;

export type VfReasonCode = keyof typeof VF_REASONS;
const UPPER_REASONS: Record<UpperDevice['kind'], VfReasonCode | undefined> = {
  bridge: 'BRIDGE',
  bond: 'BOND_SLAVE',
  vlan: 'VLAN',
  macvtap: 'MACVTAP',
  macvlan: 'MACVTAP',
  other: undefined,
};

export type VfReason = { code: VfReasonCode; text: string };

/** The reason of `code`, with what was seen appended when there is something to name. */
export function vfReason(code: VfReasonCode, seen?: string): VfReason {
  return { code, text: seen ? `${VF_REASONS[code]} (${seen})` : VF_REASONS[code] };
}

/**
 * Every reason that makes a VF *in use* as the host sees it (claims are the ledger's business): open through vfio or
 * unreadable, netdev in another namespace, macvtap, bridge, VLAN or bond on it, an address that is not link-local.
 * A missing netdev or a shared IOMMU group is none. `nics` are the VF's own netdevs, usually one.
 * Inventory refuses with it and the host agent looks again with it before it writes.
 */
export function hostUseReasons(vf: VfReport, nics: readonly NicReport[]): VfReason[] {
  const reasons: VfReason[] = [];
  if (vf.vfio?.open === 'yes') reasons.push(vfReason('VFIO_OPEN', vf.vfio.holder ?? undefined));
  if (vf.vfio?.open === 'unreadable') reasons.push(vfReason('VFIO_UNREADABLE'));
  if (vf.netns === 'moved') reasons.push(vfReason('NETNS_MOVED'));
  for (const nic of nics) reasons.push(...nicUseReasons(nic));
  return reasons;
}

function nicUseReasons(nic: NicReport): VfReason[] {
  const reasons = nic.uppers.flatMap(({ name, kind }) => {
    const code = UPPER_REASONS[kind];
    return code === undefined ? [] : [vfReason(code, name)];
  });
  const addresses = nic.addresses.filter((address) => !isLinkLocal(address));
  return addresses.length > 0 ? [...reasons, vfReason('HAS_ADDRESS', addresses.join(', '))] : reasons;
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(address);
}
