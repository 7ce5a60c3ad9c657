import type { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type DeviceError, type Refuse, shortened, shown } from './parse-errors.ts';
import { type Fields, isObject, readEither, readFlag, readName, readNumber, readText } from './parse-fields.ts';
import { macOfNetDevice } from './parse-net-name.ts';
import { readPciAddress } from './parse-pci-address.ts';

/**
 * One device as it is listed, each field of one type and one spelling. `totalVfs` makes it a PF. `physicalFunction`
 * is `physfn` as reported; which PF a VF belongs to is decided over the whole listing. `interface` is the device's own
 * netdev, on a PCI device only in the feature page's spelling (`net_iface_name`).
 */
export type ParsedDevice = {
  name: string;
  capability: string;
  parent: string | null;
  driver: string | null;
  vendor: string | null;
  vendorId: string | null;
  product: string | null;
  productId: string | null;
  pciAddress: PciAddress | null;
  iommuGroup: string | null;
  numaNode: number | null;
  totalVfs: number | null;
  physicalFunction: string | null;
  interface: string | null;
  mac: MacAddress | null;
  assignable: boolean;
  reportedNotFree: boolean;
};

/** libvirt's name for the root of its device tree. */
export const COMPUTER = 'computer';

const LONGEST_NAME = 255;
/** TotalVFs is a 16-bit field of the SR-IOV capability. */
const MOST_VFS = 0xffff;
const LARGEST_INT = 0x7fffffff;
/** The kernel's dev_valid_name: at most 15 bytes without a slash or white space. */
const INTERFACE_NAME = /^[^\s/]{1,15}$/u;

/**
 * Reads one entry of the listing field by field. Every malformed field is told and read as absent, so the device can
 * still be looked at by the checks that follow; undefined only when there are no fields at all. Fields the product
 * does not know are passed over.
 *
 * Written by hand because it runs for every device of every report: zod takes as long for the same fields as the whole
 * parse does, and stays silent about which device and field in the words that an administrator needs.
 */
export function readDevice(name: string, entry: unknown, errors: DeviceError[]): ParsedDevice | undefined {
  const device = shortened(name);
  const refuse: Refuse = (field, detail) => errors.push({ device, field, detail });
  if (name === '' || name.length > LONGEST_NAME) {
    errors.push({ device, field: null, detail: `a device name of 1 to ${LONGEST_NAME} characters is expected` });
    return undefined;
  }
  if (!isObject(entry)) {
    errors.push({ device, field: null, detail: `is ${shown(entry)}; an object with params is expected` });
    return undefined;
  }
  const fields = entry.params;
  if (!isObject(fields)) {
    refuse('params', `is ${shown(fields)}; an object is expected`);
    return undefined;
  }
  const capability = readName(fields, 'capability', refuse);
  if (capability === null && (fields.capability ?? null) === null) refuse('capability', 'is missing');
  return {
    name,
    capability: capability ?? '',
    parent: readParent(name, fields, refuse),
    driver: readText(fields, 'driver', refuse),
    vendor: readText(fields, 'vendor', refuse),
    vendorId: readText(fields, 'vendor_id', refuse),
    product: readText(fields, 'product', refuse),
    productId: readText(fields, 'product_id', refuse),
    pciAddress: capability === 'pci' ? readPciAddress(name, fields, refuse) : otherAddress(fields, refuse),
    iommuGroup: readIommuGroup(fields, refuse),
    numaNode: readNumaNode(fields, refuse),
    totalVfs: readTotalVfs(fields, capability, refuse),
    physicalFunction: readPhysicalFunction(fields, capability, refuse),
    interface: readInterface(fields, capability, refuse),
    mac: capability === 'net' ? macOfNetDevice(name) : null,
    assignable: readFlag(fields, 'is_assignable', { absent: true }, refuse),
    reportedNotFree: !readFlag(fields, 'is_free', { absent: true }, refuse),
  };
}

function readParent(name: string, fields: Fields, refuse: Refuse): string | null {
  const parent = readName(fields, 'parent', refuse);
  if (name !== COMPUTER || parent === null) return parent;
  refuse('parent', `is ${shown(parent)}, but the computer is the root of the device tree`);
  return null;
}

/** The address of a USB or SCSI device says nothing about VFs; only its shape is looked at. */
function otherAddress(fields: Fields, refuse: Refuse): null {
  const address = fields.address;
  if (address !== undefined && address !== null && !isObject(address)) {
    refuse('address', `is ${shown(address)}; an object is expected`);
  }
  return null;
}

function readIommuGroup(fields: Fields, refuse: Refuse): string | null {
  const group = readNumber(fields, 'iommu_group', { least: 0, most: LARGEST_INT }, refuse);
  return group === null ? null : String(group);
}

/** The kernel says -1 for a device that is on no particular node. */
function readNumaNode(fields: Fields, refuse: Refuse): number | null {
  const node = readNumber(fields, 'numa_node', { least: -1, most: LARGEST_INT }, refuse);
  return node === -1 ? null : node;
}

function readTotalVfs(fields: Fields, capability: string | null, refuse: Refuse): number | null {
  const total = readEither(
    { now: 'totalvfs', earlier: 'sriov_totalvfs' },
    (field) => readNumber(fields, field, { least: 0, most: MOST_VFS }, refuse),
    refuse,
  );
  if (total === null || mayBePci(capability)) return total;
  refuse('totalvfs', 'is set, but only a PCI device can have virtual functions');
  return null;
}

function readPhysicalFunction(fields: Fields, capability: string | null, refuse: Refuse): string | null {
  const physfn = readName(fields, 'physfn', refuse);
  if (physfn === null || mayBePci(capability)) return physfn;
  refuse('physfn', `is ${shown(physfn)}, but only a PCI device can be a virtual function`);
  return null;
}

/** A device whose capability is itself malformed is not blamed for what only a PCI device may have. */
function mayBePci(capability: string | null): boolean {
  return capability === 'pci' || capability === null;
}

function readInterface(fields: Fields, capability: string | null, refuse: Refuse): string | null {
  const name = readEither(
    { now: 'interface', earlier: 'net_iface_name' },
    (field) => readInterfaceName(fields, field, refuse),
    refuse,
  );
  const isTold = (fields.interface ?? fields.net_iface_name ?? null) !== null;
  if (capability === 'net' && !isTold) refuse('interface', 'is missing; a net device has one');
  return name;
}

function readInterfaceName(fields: Fields, field: string, refuse: Refuse): string | null {
  const name = readName(fields, field, refuse);
  if (name === null || INTERFACE_NAME.test(name)) return name;
  refuse(field, `is ${shown(name)}; at most 15 characters without a slash or blanks are expected`);
  return null;
}
