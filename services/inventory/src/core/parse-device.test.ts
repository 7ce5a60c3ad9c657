import { describe, expect, it } from 'vitest';
import { readDevice } from './parse-device.ts';
import type { DeviceError } from './parse-errors.ts';

const PF = {
  capability: 'pci',
  parent: 'pci_0000_00_09_0',
  driver: 'igb',
  vendor: 'Intel Corporation',
  vendor_id: '0x8086',
  product: '82576 Gigabit Network Connection',
  product_id: '0x10c9',
  is_assignable: 'true',
  address: { domain: '0', bus: '5', slot: '0', function: '1' },
  iommu_group: '15',
  numa_node: '1',
  totalvfs: 7,
};
const NET = { capability: 'net', parent: 'pci_0000_05_00_1', interface: 'enp5s0f1' };

describe('a field that real systems spell in more than one way', () => {
  it.each([
    ['totalvfs as text', { totalvfs: '7' }, { totalVfs: 7 }],
    ['totalvfs in the older spelling', { totalvfs: undefined, sriov_totalvfs: 7 }, { totalVfs: 7 }],
    ['totalvfs in both spellings', { sriov_totalvfs: '7' }, { totalVfs: 7 }],
    ['totalvfs of a card whose VFs are switched off', { totalvfs: 0 }, { totalVfs: 0 }],
    ['the largest totalvfs of the SR-IOV capability', { totalvfs: 65_535 }, { totalVfs: 65_535 }],
    ['no totalvfs', { totalvfs: null }, { totalVfs: null }],
    ['iommu_group as a number', { iommu_group: 15 }, { iommuGroup: '15' }],
    ['no IOMMU', { iommu_group: undefined }, { iommuGroup: null }],
    ['numa_node as a number', { numa_node: 1 }, { numaNode: 1 }],
    ['a device on no particular node', { numa_node: '-1' }, { numaNode: null }],
    ['is_assignable missing', { is_assignable: undefined }, { assignable: true }],
    ['is_assignable false', { is_assignable: 'false' }, { assignable: false }],
    ['is_assignable as Python spells it', { is_assignable: 'False' }, { assignable: false }],
    ['is_assignable as a boolean', { is_assignable: false }, { assignable: false }],
    ['is_free missing', {}, { reportedNotFree: false }],
    ['is_free false', { is_free: false }, { reportedNotFree: true }],
    ['is_free as text', { is_free: 'false' }, { reportedNotFree: true }],
    ['an empty driver', { driver: '' }, { driver: null }],
    ['no parent', { parent: undefined }, { parent: null }],
    ['the address only in the name', { address: undefined }, { pciAddress: '0000:05:00.1' }],
    ['a field nobody knows', { udev_path: { a: [1] } }, { driver: 'igb' }],
  ])('%s', (_, change, expected) => {
    const { device, errors } = read('pci_0000_05_00_1', { ...PF, ...change });
    expect(errors).toEqual([]);
    expect(device).toMatchObject(expected);
  });
});

describe('a malformed field is told by device and field', () => {
  const text = ['driver', 'vendor', 'vendor_id', 'product', 'product_id', 'parent', 'physfn', 'capability'];
  const numbers = ['totalvfs', 'sriov_totalvfs', 'iommu_group', 'numa_node'];
  const flags = ['is_assignable', 'is_free'];
  const rest = ['address', 'interface', 'net_iface_name'];
  it.each(
    [...text, ...numbers, ...flags, ...rest].flatMap((field) => [[], { a: 1 }, 3.5].map((value) => [field, value])),
  )('%s = %j', (field, value) => {
    const { errors } = read('pci_0000_05_00_1', { ...PF, [field as string]: value });
    expect(errors.map((error) => [error.device, error.field?.split('.')[0]])).toContainEqual([
      'pci_0000_05_00_1',
      field,
    ]);
  });

  it.each([
    ['totalvfs', -1],
    ['totalvfs', 65_536],
    ['totalvfs', 1e300],
    ['totalvfs', '0x7'],
    ['totalvfs', ''],
    ['totalvfs', true],
    ['numa_node', -2],
    ['iommu_group', '-1'],
    ['iommu_group', '99999999999'],
    ['is_assignable', 'yes'],
    ['is_free', 1],
    ['parent', ''],
    ['physfn', ''],
    ['capability', ''],
    ['capability', null],
    ['net_iface_name', 'a name with blanks'],
    ['net_iface_name', 'sixteencharacter'],
    ['net_iface_name', '../etc'],
  ])('%s = %j', (field, value) => {
    expect(read('pci_0000_05_00_1', { ...PF, [field]: value }).errors).toMatchObject([
      { device: 'pci_0000_05_00_1', field },
    ]);
  });

  it('two spellings that disagree', () => {
    expect(read('pci_0000_05_00_1', { ...PF, sriov_totalvfs: 8 }).errors).toMatchObject([{ field: 'sriov_totalvfs' }]);
  });

  it('what only a PCI device can have', () => {
    expect(read('net_enp5s0f1', { ...NET, totalvfs: 7, physfn: 'pci_0000_05_00_1' }).errors).toMatchObject([
      { field: 'totalvfs' },
      { field: 'physfn' },
    ]);
  });

  it('a device without capability is not blamed for what only a PCI device can have', () => {
    expect(read('pci_0000_05_00_1', { ...PF, capability: undefined }).errors).toMatchObject([{ field: 'capability' }]);
  });

  it('a net device without an interface', () => {
    expect(read('net_x', { ...NET, interface: undefined }).errors).toMatchObject([{ field: 'interface' }]);
  });

  it('a USB address that is no object', () => {
    expect(read('usb_1', { capability: 'usb_device', address: '1:2' }).errors).toMatchObject([{ field: 'address' }]);
  });

  it('a computer with a parent', () => {
    expect(read('computer', { capability: 'system', parent: 'rack' }).errors).toMatchObject([{ field: 'parent' }]);
  });

  it('every field at once', () => {
    const { errors } = read('pci_0000_05_00_1', { ...PF, driver: 1, vendor: 2, numa_node: [], totalvfs: {} });
    expect(errors.map(({ field }) => field)).toEqual(['driver', 'vendor', 'numa_node', 'totalvfs']);
  });
});

describe('an entry without fields', () => {
  it.each([
    ['null', null, null],
    ['text', 'igb', null],
    ['a list', [], null],
    ['no params', {}, 'params'],
    ['params in a list', { params: [PF] }, 'params'],
  ])('%s', (_, entry, field) => {
    const errors: DeviceError[] = [];
    expect(readDevice('pci_0000_05_00_1', entry, errors)).toBeUndefined();
    expect(errors).toMatchObject([{ device: 'pci_0000_05_00_1', field }]);
  });

  it.each([
    ['', ''],
    ['x'.repeat(256), 'x'.repeat(80)],
  ])('a name that is none: %s', (name, toldAs) => {
    const errors: DeviceError[] = [];
    expect(readDevice(name, { params: PF }, errors)).toBeUndefined();
    expect(errors[0]?.device?.startsWith(toldAs)).toBe(true);
    expect(errors[0]?.device?.length).toBeLessThan(100);
  });
});

function read(name: string, params: Record<string, unknown>) {
  const errors: DeviceError[] = [];
  const device = readDevice(name, { params }, errors);
  return { device, errors };
}
