import type { MacAddress } from '@vfleet/contracts/vocabulary/mac';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { ParsedDevice } from './parse-device.ts';
import { type DeviceError, shortened } from './parse-errors.ts';

/** A netdev of a PF or VF as the listing names it. */
export type ParsedNic = { name: string; mac: MacAddress | null };

/**
 * A PF: a PCI device with `totalvfs`. `nic` is the first of its netdevs by name, the one its VfsConfig goes by; null
 * when it has none, as with a PF that is no network function or has no driver. An orphan PF is listed, but none of its
 * VFs is ever scheduled.
 */
export type ParsedPf = {
  deviceName: string;
  pciAddress: PciAddress;
  nic: ParsedNic | null;
  otherNics: ParsedNic[];
  totalVfs: number;
  driver: string | null;
  vendorId: string | null;
  productId: string | null;
  numaNode: number | null;
  iommuGroup: string | null;
  orphan: boolean;
  vfs: ParsedVf[];
};

/**
 * A VF of exactly one PF, `pf` by device name. It is an orphan when it or its PF is not reachable from the computer.
 * `sharedIommuGroup`: another listed device, whatever it is, has the same group.
 */
export type ParsedVf = {
  deviceName: string;
  pciAddress: PciAddress;
  pf: string;
  pfAddress: PciAddress;
  driver: string | null;
  nic: ParsedNic | null;
  iommuGroup: string | null;
  sharedIommuGroup: boolean;
  assignable: boolean;
  reportedNotFree: boolean;
  orphan: boolean;
};

/** What is looked up per device, each made in one pass over all. */
type Lookups = {
  devices: ReadonlyMap<string, ParsedDevice>;
  orphans: ReadonlySet<string>;
  nics: ReadonlyMap<string, ParsedNic[]>;
  membersOfGroup: ReadonlyMap<string, number>;
};

/**
 * The PFs of a listing with their VFs, both in the order of `devices`, and with their netdevs. A VF belongs to the PF
 * that its `physfn` names or, without one, to its parent when that is a PF. Told as errors, because acting on them
 * could touch the wrong card: a `physfn` that names no PF, a device that is both PF and VF, more VFs than `totalvfs`.
 * What hangs on a device that `isBroken` (it has an error already) is not told a second time.
 */
export function linkFunctions(
  devices: ReadonlyMap<string, ParsedDevice>,
  orphans: ReadonlySet<string>,
  isBroken: (name: string) => boolean,
  errors: DeviceError[],
): ParsedPf[] {
  const lookups = { devices, orphans, nics: nicsByParent(devices), membersOfGroup: countGroups(devices) };
  const pfs = new Map<string, ParsedPf>();
  for (const device of devices.values()) {
    const pf = pfOf(device, lookups);
    if (pf) pfs.set(device.name, pf);
  }
  for (const device of devices.values()) {
    const pf = pfOfVf(device, pfs, isBroken, errors);
    const vf = pf && vfOf(device, pf, lookups);
    if (vf) pf.vfs.push(vf);
  }
  const found = [...pfs.values()];
  for (const pf of found) if (pf.vfs.length > pf.totalVfs) errors.push(tooManyVfs(pf));
  return found;
}

function pfOf(device: ParsedDevice, { orphans, nics }: Lookups): ParsedPf | undefined {
  const { name, pciAddress, totalVfs, driver, vendorId, productId, numaNode, iommuGroup } = device;
  if (totalVfs === null || pciAddress === null) return undefined;
  const [nic = nicOfItself(device), ...otherNics] = nics.get(name) ?? [];
  const orphan = orphans.has(name);
  return {
    ...{ deviceName: name, pciAddress, nic, otherNics, totalVfs, driver, vendorId, productId, numaNode, iommuGroup },
    orphan,
    vfs: [],
  };
}

function pfOfVf(
  device: ParsedDevice,
  pfs: ReadonlyMap<string, ParsedPf>,
  isBroken: (name: string) => boolean,
  errors: DeviceError[],
): ParsedPf | undefined {
  const { name, capability, parent, physicalFunction } = device;
  if (capability !== 'pci') return undefined;
  if (physicalFunction === null) return parent === null || pfs.has(name) ? undefined : pfs.get(parent);
  const refuse = (detail: string) => errors.push({ device: shortened(name), field: 'physfn', detail });
  if (pfs.has(name)) {
    refuse('is set on a device with totalvfs; a device is a physical or a virtual function, not both');
    return undefined;
  }
  const pf = pfs.get(physicalFunction);
  if (!pf && !isBroken(physicalFunction)) {
    refuse(`is ${shortened(physicalFunction)}, which is not a listed device with totalvfs`);
  }
  return pf;
}

function vfOf(device: ParsedDevice, pf: ParsedPf, { orphans, nics, membersOfGroup }: Lookups): ParsedVf | undefined {
  const { name, pciAddress, driver, iommuGroup, assignable, reportedNotFree } = device;
  if (pciAddress === null) return undefined;
  return {
    ...{ deviceName: name, pciAddress, pf: pf.deviceName, pfAddress: pf.pciAddress, driver, iommuGroup },
    nic: nics.get(name)?.[0] ?? nicOfItself(device),
    sharedIommuGroup: iommuGroup !== null && (membersOfGroup.get(iommuGroup) ?? 0) > 1,
    ...{ assignable, reportedNotFree },
    orphan: pf.orphan || orphans.has(name),
  };
}

/** The netdevs of each device, by name, so that the first is the same one whatever the order of the listing. */
function nicsByParent(devices: ReadonlyMap<string, ParsedDevice>): Map<string, ParsedNic[]> {
  const nics = new Map<string, ParsedNic[]>();
  for (const { capability, parent, interface: name, mac } of devices.values()) {
    if (capability !== 'net' || parent === null || name === null) continue;
    const siblings = nics.get(parent);
    if (siblings) siblings.push({ name, mac });
    else nics.set(parent, [{ name, mac }]);
  }
  for (const siblings of nics.values()) siblings.sort((a, b) => (a.name < b.name ? -1 : 1));
  return nics;
}

/** The feature page's listing has no net devices: there a PCI device names its own netdev, without a MAC. */
function nicOfItself(device: ParsedDevice): ParsedNic | null {
  return device.interface === null ? null : { name: device.interface, mac: null };
}

function countGroups(devices: ReadonlyMap<string, ParsedDevice>): Map<string, number> {
  const members = new Map<string, number>();
  for (const { iommuGroup } of devices.values()) {
    if (iommuGroup !== null) members.set(iommuGroup, (members.get(iommuGroup) ?? 0) + 1);
  }
  return members;
}

function tooManyVfs(pf: ParsedPf): DeviceError {
  const detail = `is ${pf.totalVfs}, but ${pf.vfs.length} listed virtual functions belong to this device`;
  return { device: shortened(pf.deviceName), field: 'totalvfs', detail };
}
