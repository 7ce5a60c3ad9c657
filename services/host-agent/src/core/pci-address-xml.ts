import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type XmlElement, xml } from './xml-element.ts';

/** A PCI address as libvirt's `<address type='pci'/>`, of the host or of the guest. A text that is none throws. */
export function pciAddressXml(address: string): string {
  const [domain, bus, slot, fn] = PciAddress.parse(address).split(/[:.]/);
  return xml('address', {
    type: 'pci',
    domain: `0x${domain}`,
    bus: `0x${bus}`,
    slot: `0x${slot}`,
    function: `0x${fn}`,
  });
}

/** The PCI address that an `<address/>` names; undefined when it is of another type, or names none. */
export function pciAddressIn(element: XmlElement | undefined): PciAddress | undefined {
  if (!element) return undefined;
  const { type = 'pci', domain = '0', bus, slot, function: fn } = element.attributes;
  if (type !== 'pci' || bus === undefined || slot === undefined || fn === undefined) return undefined;
  const parsed = PciAddress.safeParse(`${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${hex(fn, 1)}`);
  return parsed.success ? parsed.data : undefined;
}

/** libvirt reads numbers as C does: 0x is hexadecimal, a leading 0 octal. */
function hex(text: string, digits: number): string {
  const trimmed = text.trim();
  const isOctal = /^0[0-7]+$/.test(trimmed);
  const number = isOctal ? Number.parseInt(trimmed, 8) : Number(trimmed);
  return Number.isInteger(number) ? number.toString(16).padStart(digits, '0') : '?';
}
