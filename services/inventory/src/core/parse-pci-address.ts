import { type PciAddress, pciAddressOf } from '@vfleet/contracts/vocabulary/pci';
import { type Refuse, shown } from './parse-errors.ts';
import { type Fields, isObject, wholeNumber } from './parse-fields.ts';

/** The parts of a PCI address with the widest value and the hexadecimal digits of each. */
const DOMAIN = { part: 'domain', most: 0xffffffff, digits: 4 };
const BUS = { part: 'bus', most: 0xff, digits: 2 };
const SLOT = { part: 'slot', most: 0x1f, digits: 2 };
const FUNCTION = { part: 'function', most: 7, digits: 1 };

/**
 * The address of a PCI device as sysfs spells it, from its `address` (decimal `domain`, `bus`, `slot`, `function`)
 * and its name, which are two spellings of one thing: either will do, but both must agree. Null after an error.
 */
export function readPciAddress(name: string, fields: Fields, refuse: Refuse): PciAddress | null {
  const named = pciAddressOf(name);
  const address = fields.address;
  if (address === undefined || address === null) {
    if (named === undefined) refuse('address', 'is missing, and the name of the device does not tell it either');
    return named ?? null;
  }
  if (!isObject(address)) {
    refuse('address', `is ${shown(address)}; an object of domain, bus, slot and function is expected`);
    return null;
  }
  const reported = spelledBy(address, refuse);
  if (reported !== null && named !== undefined && reported !== named) {
    refuse('address', `says ${reported}, but the name of the device says ${named}`);
    return null;
  }
  return reported;
}

function spelledBy(address: Fields, refuse: Refuse): PciAddress | null {
  const domain = hexOf(address, DOMAIN, refuse);
  const bus = hexOf(address, BUS, refuse);
  const slot = hexOf(address, SLOT, refuse);
  const fn = hexOf(address, FUNCTION, refuse);
  if (domain === null || bus === null || slot === null || fn === null) return null;
  return `${domain}:${bus}:${slot}.${fn}`;
}

function hexOf(
  address: Fields,
  { part, most, digits }: { part: string; most: number; digits: number },
  refuse: Refuse,
): string | null {
  const number = wholeNumber(address[part]);
  if (number !== undefined && number >= 0 && number <= most) return number.toString(16).padStart(digits, '0');
  refuse(`address.${part}`, `is ${shown(address[part])}; a whole number from 0 to ${most} is expected`);
  return null;
}
