import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { COMPUTER, type ParsedDevice, readDevice } from './parse-device.ts';
import { findOrphans } from './parse-device-tree.ts';
import { type DeviceError, shortened, shown, toldErrors } from './parse-errors.ts';
import { type Fields, isObject } from './parse-fields.ts';
import { linkFunctions, type ParsedPf, type ParsedVf } from './parse-functions.ts';

/**
 * A listing as the product understands it: `devices` are all of them, `pfs` the PFs with their VFs, `vfs` the VFs
 * of all PFs one after the other (the same objects), `orphans` the names of the devices that are not connected to the
 * computer. Each is in the order of the device names, which for PCI devices is that of their addresses; the order of
 * the keys in the listing makes no difference.
 */
export type ParsedDevices = { devices: ParsedDevice[]; pfs: ParsedPf[]; vfs: ParsedVf[]; orphans: string[] };

/**
 * Reads what a host reported in the shape of hostdevListByCaps, `{ "<device name>": { "params": { … } } }`.
 * It never throws: anything malformed in it is an error that names device and field, every one told (up to fifty),
 * and then there is no inventory at all, so that what was known before stays. Devices cut off from the computer are
 * no error. Linear in the number of devices, apart from sorting their names.
 */
export function parseDevices(
  listing: unknown,
): { ok: true; inventory: ParsedDevices } | { ok: false; errors: DeviceError[] } {
  if (!isObject(listing)) {
    const detail = `the listing is ${shown(listing)}; an object of devices by name is expected`;
    return { ok: false, errors: [{ device: null, field: null, detail }] };
  }
  const errors: DeviceError[] = [];
  if (!Object.hasOwn(listing, COMPUTER)) {
    errors.push({ device: COMPUTER, field: null, detail: 'is missing; every device hangs on it' });
  }
  const { devices, broken } = readAll(listing, errors);
  findDoubles(devices, errors);
  const orphans = findOrphans(devices);
  const pfs = linkFunctions(devices, orphans, (name) => broken.has(name), errors);
  if (errors.length > 0) return { ok: false, errors: toldErrors(errors) };
  const vfs = pfs.flatMap((pf) => pf.vfs);
  return { ok: true, inventory: { devices: [...devices.values()], pfs, vfs, orphans: [...orphans] } };
}

/** Reads the devices in the order of their names, and notes which of them have an error of their own. */
function readAll(listing: Fields, errors: DeviceError[]): { devices: Map<string, ParsedDevice>; broken: Set<string> } {
  const devices = new Map<string, ParsedDevice>();
  const broken = new Set<string>();
  for (const name of Object.keys(listing).sort()) {
    const errorsBefore = errors.length;
    const device = readDevice(name, listing[name], errors);
    if (device) devices.set(name, device);
    if (errors.length > errorsBefore) broken.add(name);
  }
  return { devices, broken };
}

/** A PCI address is one device's and an interface name one netdev's: whoever looks one up must not get another's. */
function findDoubles(devices: ReadonlyMap<string, ParsedDevice>, errors: DeviceError[]): void {
  const addresses = new Map<PciAddress, string>();
  const interfaces = new Map<string, string>();
  for (const { name, capability, pciAddress, interface: netdev } of devices.values()) {
    if (pciAddress !== null) tellDouble(addresses, { name, field: 'address', value: pciAddress }, errors);
    if (capability === 'net' && netdev !== null) {
      tellDouble(interfaces, { name, field: 'interface', value: netdev }, errors);
    }
  }
}

function tellDouble(
  owners: Map<string, string>,
  { name, field, value }: { name: string; field: string; value: string },
  errors: DeviceError[],
): void {
  const owner = owners.get(value);
  if (owner === undefined) owners.set(value, name);
  else errors.push({ device: shortened(name), field, detail: `is ${value}, and so is that of ${shortened(owner)}` });
}
