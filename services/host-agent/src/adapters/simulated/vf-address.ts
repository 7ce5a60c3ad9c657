import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';

/**
 * The address of VF `index` (PCIe SR-IOV 3.3.9): routing id of the PF + offset + index * stride, which may run into the
 * next bus. Ports of one card interleave or follow one another by their offsets. Throws beyond bus ff.
 */
export function vfAddress(
  pf: PciAddress,
  { offset, stride, index }: { offset: number; stride: number; index: number },
): PciAddress {
  const { domain, bus, slot, fn } = partsOf(pf);
  const routingId = (bus << 8) + (slot << 3) + fn + offset + index * stride;
  if (routingId > 0xffff) throw new RangeError(`VF ${index} of ${pf} has no address: out of bus numbers`);
  return format(domain, routingId >> 8, (routingId >> 3) & 0x1f, routingId & 0x7);
}

/** The address of another function of the same device. */
export function functionAddress(device: PciAddress, fn: number): PciAddress {
  return `${device.slice(0, -1)}${fn}`;
}

/** Domain, bus, slot and function of an address, as numbers. */
export function partsOf(address: PciAddress): { domain: number; bus: number; slot: number; fn: number } {
  const [domain = '', bus = '', slot = '', fn = ''] = address.split(/[:.]/);
  return { domain: parseInt(domain, 16), bus: parseInt(bus, 16), slot: parseInt(slot, 16), fn: parseInt(fn, 16) };
}

function format(domain: number, bus: number, slot: number, fn: number): PciAddress {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
}
