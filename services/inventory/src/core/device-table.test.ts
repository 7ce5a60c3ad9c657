import { HostDevice } from '@vfleet/contracts/vocabulary/host-device';
import { expect, it } from 'vitest';
import { listingNames, readListing } from '../../../../test/fixtures/hostdev-list-by-caps/read-listing.ts';
import { deviceTable } from './device-table.ts';
import { parseDevices } from './parse-devices.ts';

it.each(listingNames())('%s: one valid row for every device, by name', (name) => {
  const rows = tableOf(readListing(name));
  expect(rows.map((row) => row.name)).toEqual(Object.keys(readListing(name)).sort());
  expect(rows.map((row) => HostDevice.parse(row))).toEqual(rows);
});

it('shows a VF as it is', () => {
  const rows = tableOf(readListing('domain-sample'));
  expect(rows.find(({ name }) => name === 'pci_0000_05_10_7')).toEqual({
    name: 'pci_0000_05_10_7',
    capability: 'pci',
    parent: 'pci_0000_00_09_0',
    driver: 'igbvf',
    vendor: 'Intel Corporation',
    vendor_id: '0x8086',
    product: '82576 Virtual Function',
    product_id: '0x10ca',
    pci_address: '0000:05:10.7',
    iommu_group: '25',
    numa_node: 1,
    total_vfs: null,
    physical_function: 'pci_0000_05_00_1',
    interface: null,
    assignable: true,
    orphan: false,
  });
});

it('names the PF of a VF that was reported without physfn', () => {
  const rows = tableOf(readListing('feature-page-spellings'));
  expect(rows.map(({ physical_function }) => physical_function)).toEqual([
    null,
    null,
    'pci_0000_05_00_1',
    'pci_0000_05_00_1',
  ]);
});

it('marks what is cut off from the computer', () => {
  const rows = tableOf({ ...readListing('nvme-pf'), usb_1: { params: { capability: 'usb_device', parent: 'gone' } } });
  expect(rows.filter(({ orphan }) => orphan).map(({ name }) => name)).toEqual(['usb_1']);
});

function tableOf(listing: unknown) {
  const result = parseDevices(listing);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return deviceTable(result.inventory);
}
