import type { HostDevice } from '@vfleet/contracts/vocabulary/host-device';
import type { ParsedDevices } from './parse-devices.ts';

/**
 * The host device table: one row per listed device, by name. `physical_function` is the PF that a VF belongs to, also
 * where the host did not report `physfn` and the parent tells it.
 */
export function deviceTable({ devices, vfs, orphans }: ParsedDevices): HostDevice[] {
  const pfOf = new Map(vfs.map(({ deviceName, pf }) => [deviceName, pf]));
  const cutOff = new Set(orphans);
  return devices.map((device) => ({
    name: device.name,
    capability: device.capability,
    parent: device.parent,
    driver: device.driver,
    vendor: device.vendor,
    vendor_id: device.vendorId,
    product: device.product,
    product_id: device.productId,
    pci_address: device.pciAddress,
    iommu_group: device.iommuGroup,
    numa_node: device.numaNode,
    total_vfs: device.totalVfs,
    physical_function: pfOf.get(device.name) ?? null,
    interface: device.interface,
    assignable: device.assignable,
    orphan: cutOff.has(device.name),
  }));
}
