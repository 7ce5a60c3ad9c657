import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPciAddress } from './parse-pci-address.ts';

const ADDRESS = { domain: '0', bus: '65', slot: '16', function: '6' };

it.each([
  ['both agree', 'pci_0000_41_10_6', ADDRESS, '0000:41:10.6'],
  ['numbers', 'pci_0000_41_10_6', { domain: 0, bus: 65, slot: 16, function: 6 }, '0000:41:10.6'],
  ['a name in capital letters is of no form', 'pci_0000_0A_00_0', { ...ADDRESS, bus: 10 }, '0000:0a:10.6'],
  ['only the name', 'pci_0000_41_10_6', undefined, '0000:41:10.6'],
  ['only the address', 'nic', ADDRESS, '0000:41:10.6'],
  ['a domain behind a VMD controller', 'pci_10000_41_10_6', { ...ADDRESS, domain: '65536' }, '10000:41:10.6'],
])('%s', (_, name, address, expected) => {
  expect(read(name, address)).toEqual({ address: expected, fields: [] });
});

it.each([
  ['they disagree', 'pci_0000_41_10_7', ADDRESS, ['address']],
  ['neither is there', 'nic', undefined, ['address']],
  ['it is text', 'pci_0000_41_10_6', '0000:41:10.6', ['address']],
  ['parts are missing', 'nic', { bus: '1' }, ['address.domain', 'address.slot', 'address.function']],
  [
    'parts are too big',
    'nic',
    { domain: 2 ** 32, bus: 256, slot: 32, function: 8 },
    ['address.domain', 'address.bus', 'address.slot', 'address.function'],
  ],
  ['a part is negative', 'nic', { ...ADDRESS, bus: '-1' }, ['address.bus']],
  ['a part is hexadecimal', 'nic', { ...ADDRESS, bus: '0x41' }, ['address.bus']],
  ['a part is an object', 'nic', { ...ADDRESS, slot: {} }, ['address.slot']],
])('is refused when %s', (_, name, address, fields) => {
  expect(read(name, address)).toEqual({ address: null, fields });
});

it('spells every address as its name does', () => {
  const part = (most: number) => fc.integer({ min: 0, max: most });
  fc.assert(
    fc.property(part(0xffffffff), part(0xff), part(0x1f), part(7), (domain, bus, slot, fn) => {
      const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
      const name = `pci_${hex(domain, 4)}_${hex(bus, 2)}_${hex(slot, 2)}_${fn}`;
      const both = read(name, { domain: `${domain}`, bus: `${bus}`, slot: `${slot}`, function: `${fn}` });
      expect(both).toEqual(read(name, undefined));
    }),
  );
});

function read(name: string, address: unknown) {
  const fields: string[] = [];
  return { address: readPciAddress(name, { address }, (field) => fields.push(field)), fields };
}
