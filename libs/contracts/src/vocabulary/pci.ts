import { z } from 'zod';

const ADDRESS = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/;

/** A PCI address as sysfs spells it: `0000:05:00.1`, lower case. */
export const PciAddress = z.string().regex(ADDRESS, 'a PCI address looks like 0000:05:00.1');
export type PciAddress = z.infer<typeof PciAddress>;

/** `0000:05:00.1` as libvirt names the device: `pci_0000_05_00_1`. */
export function deviceNameOf(address: PciAddress): string {
  return `pci_${address.replace(/[:.]/g, '_')}`;
}

/** `pci_0000_05_00_1` as sysfs spells it, or undefined when the name is not of a PCI device. */
export function pciAddressOf(deviceName: string): PciAddress | undefined {
  const match = /^pci_([0-9a-f]{4,8})_([0-9a-f]{2})_([0-1][0-9a-f])_([0-7])$/.exec(deviceName);
  return match ? `${match[1]}:${match[2]}:${match[3]}.${match[4]}` : undefined;
}
