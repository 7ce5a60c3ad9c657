import type { KernelFiles } from './kernel-files.ts';

/** Where distributions keep the list of the PCI ID Project. */
const PLACES = ['usr/share/hwdata/pci.ids', 'usr/share/misc/pci.ids'];

/** Names for people; null where the host has no list or the list no name. Ids as sysfs spells them: `0x8086`. */
export type PciNames = {
  vendor(vendorId: string): string | null;
  product(vendorId: string, deviceId: string): string | null;
};

/** Reads the host's list of PCI names. A host without one is normal. */
export async function readPciNames(files: KernelFiles): Promise<PciNames> {
  for (const place of PLACES) {
    const text = await files.text(place);
    if (text !== undefined) return pciNames(text);
  }
  return pciNames('');
}

/** Vendors stand at the start of a line, their products one tab below; subsystems (two tabs) and classes are passed over. */
export function pciNames(text: string): PciNames {
  const vendors = new Map<string, string>();
  const products = new Map<string, string>();
  let vendor = '';
  for (const line of text.split('\n')) {
    const [, tab, id, name] = /^(\t?)([0-9a-f]{4}) {2}(.+)$/.exec(line) ?? [];
    if (line.startsWith('C ')) break;
    if (id === undefined || name === undefined) continue;
    if (tab) products.set(`${vendor}:${id}`, name);
    else {
      vendor = id;
      vendors.set(vendor, name);
    }
  }
  const bare = (id: string) => id.replace(/^0x/, '');
  return {
    vendor: (vendorId) => vendors.get(bare(vendorId)) ?? null,
    product: (vendorId, deviceId) => products.get(`${bare(vendorId)}:${bare(deviceId)}`) ?? null,
  };
}
