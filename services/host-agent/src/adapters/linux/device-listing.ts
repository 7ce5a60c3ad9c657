import type { HostDevListByCaps } from '@vfleet/contracts/vocabulary/host-device';
import { deviceNameOf, type PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { NetLink } from './net-links.ts';
import { macOf } from './nic-reports.ts';
import type { PciDevice } from './pci-devices.ts';
import type { PciNames } from './pci-names.ts';

const ROOT = 'computer';

/** Bridges of any kind: what passes PCI on cannot be given to a virtual machine. */
const BRIDGE_CLASS = '0x06';

export type Listed = {
  system: { vendor: string | null; product: string | null };
  devices: readonly PciDevice[];
  links: readonly NetLink[];
  pciAddressOf: ReadonlyMap<string, PciAddress>;
  names: PciNames;
};

/**
 * The listing of hostdevListByCaps, with libvirt's names and parents but without libvirt: the computer, every PCI
 * device, and every netdev that has a MAC below its PCI device or the computer.
 */
export function deviceListing({ system, devices, links, pciAddressOf, names }: Listed): HostDevListByCaps {
  const listed = new Set(devices.map(({ address }) => address));
  const nameOf = (address: PciAddress | null) => (address && listed.has(address) ? deviceNameOf(address) : ROOT);
  const entries = [
    [ROOT, params({ capability: 'system', vendor: system.vendor, product: system.product })] as const,
    ...devices.map(
      (device) => [deviceNameOf(device.address), pciParams(device, nameOf(device.parent), names)] as const,
    ),
    // Hardware last: should two names fall together, the one that matters stays.
    ...links
      .toSorted((a, b) => Number(pciAddressOf.has(a.ifname)) - Number(pciAddressOf.has(b.ifname)))
      .flatMap((link) => netEntry(link, nameOf(pciAddressOf.get(link.ifname) ?? null))),
  ];
  return Object.fromEntries(entries);
}

function pciParams(device: PciDevice, parent: string, names: PciNames) {
  return params({
    capability: 'pci',
    parent,
    driver: device.driver,
    vendor: names.vendor(device.vendorId),
    vendor_id: device.vendorId,
    product: names.product(device.vendorId, device.deviceId),
    product_id: device.deviceId,
    is_assignable: device.class.startsWith(BRIDGE_CLASS) ? 'false' : 'true',
    address: decimalAddress(device.address),
    iommu_group: device.iommuGroup,
    numa_node: device.numaNode === null ? null : String(device.numaNode),
    totalvfs: device.sriov?.totalVfs ?? null,
    physfn: device.physfn ? deviceNameOf(device.physfn) : null,
  });
}

/** libvirt replaces what is neither letter nor digit: `ens11.55` is `net_ens11_55_…`. */
function netEntry(link: NetLink, parent: string) {
  const mac = macOf(link);
  if (!mac) return [];
  const name = `net_${link.ifname}_${mac}`.replace(/[^A-Za-z0-9]/g, '_');
  return [[name, params({ capability: 'net', parent, interface: link.ifname })] as const];
}

function decimalAddress(address: PciAddress) {
  const [domain = '', bus = '', slot = '', pciFunction = ''] = address
    .split(/[:.]/)
    .map((part) => String(Number.parseInt(part, 16)));
  return { domain, bus, slot, function: pciFunction };
}

function params(fields: Record<string, unknown>) {
  return { params: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) };
}
