import { describe, expect, it } from 'vitest';
import { readListing } from '../../../../test/fixtures/hostdev-list-by-caps/read-listing.ts';
import { parseDevices } from './parse-devices.ts';

const PF = 'pci_0000_41_00_0';
const VF = 'pci_0000_41_10_0';
const OTHER_PF = 'pci_0000_42_00_0';
const BRIDGE = 'pci_0000_40_00_0';

type Change = Record<string, Record<string, unknown> | null>;

describe('which PF a VF belongs to', () => {
  it.each<[string, Change, string | undefined]>([
    ['the one its physfn names', {}, PF],
    ['physfn goes before the parent', { [VF]: { parent: OTHER_PF } }, PF],
    ['without physfn, its parent when that is a PF', { [VF]: { physfn: undefined, parent: OTHER_PF } }, OTHER_PF],
    ['without physfn under a bridge it is no VF', { [VF]: { physfn: undefined } }, undefined],
  ])('%s', (_, change, pf) => {
    expect(inventoryOf(change).vfs.find(({ deviceName }) => deviceName === VF)?.pf).toBe(pf);
  });

  it('a net device under a PF is no VF', () => {
    expect(inventoryOf({}).vfs.filter(({ deviceName }) => deviceName.startsWith('net_'))).toEqual([]);
  });

  it('a VF is listed once, under one PF', () => {
    const { pfs, vfs } = inventoryOf({ [VF]: { physfn: undefined, parent: OTHER_PF } });
    expect(pfs.map((pf) => pf.vfs.length)).toEqual([3, 5, 4]);
    expect(new Set(vfs.map(({ deviceName }) => deviceName)).size).toBe(12);
    expect(vfs).toEqual(pfs.flatMap((pf) => pf.vfs));
  });
});

describe('is refused', () => {
  it.each<[string, Change, string[]]>([
    ['a physfn that is not listed', { [VF]: { physfn: 'pci_0000_99_00_0' } }, [`${VF}/physfn`]],
    ['a physfn that is no PF', { [VF]: { physfn: BRIDGE } }, [`${VF}/physfn`]],
    ['a physfn that is a VF', { [VF]: { physfn: 'pci_0000_41_10_2' } }, [`${VF}/physfn`]],
    ['a VF of itself', { [VF]: { physfn: VF } }, [`${VF}/physfn`]],
    ['a PF and VF in one', { [VF]: { totalvfs: 3 } }, [`${VF}/physfn`]],
    ['more VFs than totalvfs', { [PF]: { totalvfs: 3 } }, [`${PF}/totalvfs`]],
    [
      'VFs whose PF has lost its totalvfs, each of them',
      { [PF]: { totalvfs: undefined } },
      ['10_0', '10_2', '10_4', '10_6'].map((vf) => `pci_0000_41_${vf}/physfn`),
    ],
  ])('%s', (_, change, places) => {
    const result = parseDevices(changed(change));
    expect(result.ok ? [] : result.errors.map(({ device, field }) => `${device}/${field}`)).toEqual(places);
  });
});

describe('the IOMMU group', () => {
  it.each<[string, Change, boolean]>([
    ['alone', {}, false],
    ['with another VF', { pci_0000_41_10_2: { iommu_group: '12' } }, true],
    ['with its PF', { [PF]: { iommu_group: '12' } }, true],
    ['with a bridge', { [BRIDGE]: { iommu_group: '12' } }, true],
    ['with a device that is cut off', { [BRIDGE]: { iommu_group: 12, parent: 'gone' } }, true],
    ['in two spellings', { [BRIDGE]: { iommu_group: '012' } }, true],
    ['none, as others have none', { [VF]: { iommu_group: null }, [BRIDGE]: { iommu_group: null } }, false],
  ])('%s', (_, change, shared) => {
    expect(inventoryOf(change).vfs[0]).toMatchObject({ deviceName: VF, sharedIommuGroup: shared });
  });
});

describe('what is cut off from the computer', () => {
  it('a VF alone', () => {
    const { vfs, pfs, orphans } = inventoryOf({ [VF]: { parent: 'gone' } });
    expect(vfs.filter(({ orphan }) => orphan).map(({ deviceName }) => deviceName)).toEqual([VF]);
    expect(pfs.map(({ orphan }) => orphan)).toEqual([false, false, false]);
    expect(orphans).toEqual(['net_ens11v0_52_54_00_12_34_56', VF]);
  });

  it('a PF takes its VFs along, though their own parent is connected', () => {
    const { vfs, pfs, orphans } = inventoryOf({ [PF]: { parent: PF } });
    expect(pfs.map(({ orphan }) => orphan)).toEqual([true, false, false]);
    expect(vfs.slice(0, 5).map(({ orphan }) => orphan)).toEqual([true, true, true, true, false]);
    expect(orphans).toEqual(['net_ens11_52_54_00_aa_00_01', PF]);
  });
});

describe('the nic of a PF', () => {
  it('is null without a driver, and the PF stays', () => {
    const { pfs } = inventoryOf({ net_ens11_52_54_00_aa_00_01: null, [PF]: { driver: undefined } });
    expect(pfs[0]).toMatchObject({ deviceName: PF, nic: null, otherNics: [], driver: null });
  });

  it('is the first by name, in whatever order they are listed', () => {
    const second = { params: { capability: 'net', parent: PF, interface: 'ens11a' } };
    const first = { params: { capability: 'net', parent: PF, interface: 'ens1' } };
    const result = parseDevices({ ...changed({}), net_a_second: second, net_z_first: first });
    const [pf] = result.ok ? result.inventory.pfs : [];
    expect([pf?.nic?.name, pf?.otherNics.map(({ name }) => name)]).toEqual(['ens1', ['ens11', 'ens11a']]);
  });

  it('a net device goes before what the PCI device says of itself', () => {
    expect(inventoryOf({ [PF]: { net_iface_name: 'old0' } }).pfs[0]?.nic?.name).toBe('ens11');
  });
});

/** The listing that libvirt gave, with some fields of some devices changed (undefined: absent; null: no device). */
function changed(change: Change): Record<string, unknown> {
  const listing: Record<string, { params: Record<string, unknown> }> = readListing('igb-libvirt');
  for (const [name, fields] of Object.entries(change)) {
    if (fields === null) delete listing[name];
    else listing[name] = { params: { ...listing[name]?.params, ...fields } };
  }
  return listing;
}

function inventoryOf(change: Change) {
  const result = parseDevices(changed(change));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.inventory;
}
