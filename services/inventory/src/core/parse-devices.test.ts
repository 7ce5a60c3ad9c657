import { describe, expect, it } from 'vitest';
import { listingsOfCaptures } from '../../../../test/fixtures/hostdev-list-by-caps/listings-of-captures.ts';
import { pathOfListing, readListing } from '../../../../test/fixtures/hostdev-list-by-caps/read-listing.ts';
import { makeDevices } from '../../../../test/fixtures/make-devices.ts';
import { type ParsedDevices, parseDevices } from './parse-devices.ts';

describe('captures of a real host', () => {
  it.each([...listingsOfCaptures()])(
    'are what %s is made of; `vitest run -u` makes it again',
    async (name, listing) => {
      await expect(`${JSON.stringify(listing, null, 1)}\n`).toMatchFileSnapshot(pathOfListing(name));
    },
  );

  const existing = {
    'igb-before-vfs': ['ens11: 0 of 7', 'ens13: 0 of 7', 'ens12: 0 of 7'],
    'igb-fresh-vfs': ['ens11: 4 of 7', 'ens13: 4 of 7', 'ens12: 4 of 7'],
    'igb-vfs-in-use': ['ens11: 4 of 7', 'ens13: 4 of 7', 'ens12: 4 of 7'],
    'igb-libvirt': ['ens11: 4 of 7', 'ens13: 4 of 7', 'ens12: 4 of 7'],
    'igb-vf-in-domain': ['ens11: 4 of 7', 'ens13: 0 of 7', 'ens12: 0 of 7'],
    'igb-bond-bridge': ['ens11: 3 of 7', 'ens13: 0 of 7', 'ens12: 0 of 7'],
    'igb-dual-port': ['ens11: 0 of 7', 'ens13: 0 of 7', 'ens12: 0 of 7', 'ens16f0: 3 of 7', 'ens16f1: 3 of 7'],
    'nvme-pf': ['ens11: 0 of 7', 'ens13: 0 of 7', 'ens12: 0 of 7', 'no nic: 2 of 4'],
  };
  it.each(Object.entries(existing))('%s: PFs, existing and maximum VFs', (name, expected) => {
    const { pfs, orphans } = parsed(readListing(name));
    expect(pfs.map(({ nic, vfs, totalVfs }) => `${nic?.name ?? 'no nic'}: ${vfs.length} of ${totalVfs}`)).toEqual(
      expected,
    );
    expect(orphans).toEqual([]);
  });

  it('give the same PFs and VFs through sysfs and through libvirt', () => {
    const withoutNames = (inventory: ParsedDevices) =>
      inventory.pfs.map(({ vfs, ...pf }) => ({ ...pf, vfs: vfs.length }));
    expect(withoutNames(parsed(readListing('igb-libvirt')))).toEqual(
      withoutNames(parsed(readListing('igb-fresh-vfs'))),
    );
  });

  it('show interleaved VFs of a dual-port card under their own ports', () => {
    const addresses = parsed(readListing('igb-dual-port')).pfs.map(({ vfs }) => vfs.map((vf) => vf.pciAddress));
    expect(addresses.slice(-2)).toEqual([
      ['0000:82:10.0', '0000:82:10.2', '0000:82:10.4'],
      ['0000:82:10.1', '0000:82:10.3', '0000:82:10.5'],
    ]);
  });

  it('show a VF on vfio-pci or in another namespace without a nic', () => {
    const [pf] = parsed(readListing('igb-vfs-in-use')).pfs;
    expect(pf?.vfs.map(({ driver, nic }) => [driver, nic?.name])).toEqual([
      ['igbvf', 'ens11v0'],
      ['igbvf', undefined],
      ['vfio-pci', undefined],
      ['igbvf', 'ens11v3'],
    ]);
  });
});

describe('the sample of the design', () => {
  const { pfs, vfs, devices } = parsed(readListing('domain-sample'));

  it('is read field by field', () => {
    expect(pfs[1]).toEqual({
      deviceName: 'pci_0000_05_00_1',
      pciAddress: '0000:05:00.1',
      nic: { name: 'enp5s0f1', mac: '44:1e:a1:73:39:27' },
      otherNics: [],
      totalVfs: 7,
      driver: 'igb',
      vendorId: '0x8086',
      productId: '0x10c9',
      numaNode: 1,
      iommuGroup: '15',
      orphan: false,
      vfs,
    });
    expect(vfs).toEqual([
      {
        deviceName: 'pci_0000_05_10_7',
        pciAddress: '0000:05:10.7',
        pf: 'pci_0000_05_00_1',
        pfAddress: '0000:05:00.1',
        driver: 'igbvf',
        nic: { name: 'enp5s16f7', mac: 'e2:31:9c:18:4b:07' },
        iommuGroup: '25',
        sharedIommuGroup: false,
        assignable: true,
        reportedNotFree: false,
        orphan: false,
      },
    ]);
  });

  it('takes the first netdev of a PF by name and lists the others, whatever else hangs on the PF', () => {
    expect(pfs[2]?.nic).toEqual({ name: 'ens7d1', mac: '00:90:fa:5e:88:01' });
    expect(pfs[2]?.otherNics).toEqual([{ name: 'storage_1', mac: '00:90:fa:5e:88:02' }]);
  });

  it('keeps the devices that have nothing to do with VFs', () => {
    const capabilities = new Set(devices.map(({ capability }) => capability));
    expect([...capabilities].sort()).toEqual(
      ['net', 'pci', 'scsi', 'scsi_generic', 'scsi_host', 'scsi_target', 'system', 'usb', 'usb_device'].sort(),
    );
  });
});

it('reads the spellings of the feature page, where a VF without physfn belongs to its parent', () => {
  const { pfs, vfs } = parsed(readListing('feature-page-spellings'));
  expect(pfs.map(({ nic, totalVfs }) => [nic, totalVfs])).toEqual([[{ name: 'enp5s0f1', mac: null }, 7]]);
  expect(vfs.map(({ pf, nic, reportedNotFree }) => [pf, nic?.name, reportedNotFree])).toEqual([
    ['pci_0000_05_00_1', 'enp5s16f1', false],
    ['pci_0000_05_00_1', 'enp5s16f3', true],
  ]);
});

it('reads every device of a big host', () => {
  const { devices, pfs, vfs } = parsed(makeDevices({ count: 10_000 }));
  expect([devices.length, pfs.length, vfs.length]).toEqual([10_000, 58, 3596]);
});

describe('a listing that is none', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [[], 'a list'],
    ['computer', '"computer"'],
    [7, '7'],
  ])('%j', (listing, shown) => {
    expect(parseDevices(listing)).toEqual({
      ok: false,
      errors: [
        { device: null, field: null, detail: `the listing is ${shown}; an object of devices by name is expected` },
      ],
    });
  });

  it('has no computer', () => {
    const { computer: _, ...listing } = readListing('igb-libvirt');
    expect(places(listing)).toEqual(['computer/null']);
  });
});

describe('two devices that claim one thing', () => {
  it('an address: the later by name is told', () => {
    const listing = readListing('igb-libvirt');
    listing.pci_second = { params: { ...listing.pci_0000_41_10_0?.params } };
    expect(places(listing)).toEqual(['pci_second/address']);
  });

  it('an interface', () => {
    const listing = readListing('igb-libvirt');
    listing.net_second = { params: { ...listing.net_ens11_52_54_00_aa_00_01?.params } };
    expect(places(listing)).toEqual(['net_second/interface']);
  });
});

it('tells all errors in the order of the devices, up to fifty and how many more', () => {
  const listing = makeDevices({ count: 200 });
  for (const entry of Object.values(listing)) entry.params.driver = 7;
  const { errors } = refused(listing);
  expect(errors.slice(0, 50).map(({ device }) => device)).toEqual(Object.keys(listing).sort().slice(0, 50));
  expect(errors.slice(50)).toEqual([{ device: null, field: null, detail: 'and 150 more errors' }]);
});

it('tells an error once where others only follow from it', () => {
  const listing = readListing('igb-libvirt');
  const pf = listing.pci_0000_41_00_0;
  if (pf) pf.params.totalvfs = 'seven';
  expect(places(listing)).toEqual(['pci_0000_41_00_0/totalvfs']);
});

it('is not fooled by keys that mean something to JavaScript', () => {
  const odd =
    '{"computer":{"params":{"capability":"system"}},"__proto__":{"params":{"capability":"usb","parent":"constructor"}}}';
  expect(parsed(JSON.parse(odd)).orphans).toEqual(['__proto__']);
  const lent = Object.assign({}, { params: Object.setPrototypeOf({}, { capability: 'pci', totalvfs: 7 }) });
  expect(places({ computer: { params: { capability: 'system' } }, pci_0000_05_00_0: lent })).toEqual([
    'pci_0000_05_00_0/params',
  ]);
});

function parsed(listing: unknown): ParsedDevices {
  const result = parseDevices(listing);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.inventory;
}

function refused(listing: unknown) {
  const result = parseDevices(listing);
  if (result.ok) throw new Error('the listing was taken');
  return result;
}

function places(listing: unknown): string[] {
  return refused(listing).errors.map(({ device, field }) => `${device}/${field}`);
}
