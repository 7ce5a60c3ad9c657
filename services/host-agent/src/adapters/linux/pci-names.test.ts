import { expect, it } from 'vitest';
import { pciNames } from './pci-names.ts';

const LIST = `# a comment
8086  Intel Corporation
\t10c9  82576 Gigabit Network Connection
\t\t103c 31ef  NC362i Integrated Dual port Gigabit Server Adapter
\t10ca  82576 Virtual Function
C 02  Network controller
\t00  Ethernet controller
`;

it('names vendors and products, not subsystems or classes', () => {
  const names = pciNames(LIST);
  expect(names.vendor('0x8086')).toBe('Intel Corporation');
  expect(names.product('0x8086', '0x10ca')).toBe('82576 Virtual Function');
  expect(names.product('0x8086', '0x31ef')).toBeNull();
  expect(names.vendor('0x103c')).toBeNull();
});

it('knows no name without a list', () => {
  expect(pciNames('').vendor('0x8086')).toBeNull();
});
