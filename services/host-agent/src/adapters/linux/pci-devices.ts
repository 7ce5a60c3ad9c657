import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { inParallel } from '../../in-parallel.ts';
import type { KernelFiles } from './kernel-files.ts';

const DEVICES = 'sys/bus/pci/devices';

export type PciDevice = {
  address: PciAddress;
  /** The bridge it hangs on; null at a root bus. */
  parent: PciAddress | null;
  /** Base class, class and interface as sysfs has them: `0x020000`. */
  class: string;
  vendorId: string;
  deviceId: string;
  driver: string | null;
  iommuGroup: string | null;
  /** Null where the platform names none (-1). */
  numaNode: number | null;
  /** Netdevs of this network namespace, by name; an empty list is a `net/` without any, null is no `net/` at all. */
  netdevs: string[] | null;
  /** `vfioN` while the device is bound to a vfio driver of a kernel with device files. */
  vfioDevices: string[];
  /** The PF this VF belongs to. */
  physfn: PciAddress | null;
  /** What only PFs have. */
  sriov: Sriov | null;
};

export type Sriov = {
  totalVfs: number;
  autoprobe: boolean;
  /** Device id of its VFs, as `0x10ca`. */
  vfDeviceId: string | null;
  /** `virtfnN` links. */
  vfs: { index: number; address: PciAddress }[];
};

/**
 * Every PCI device there is. Reads only attributes that the kernel serves without a lock of the device: not
 * `sriov_numvfs`, `uevent` or `driver_override`, whose reads hang while a change of the number of VFs hangs.
 */
export async function pciDevices(files: KernelFiles): Promise<PciDevice[]> {
  const names = await files.names(DEVICES);
  if (!names) throw new Error(`no ${DEVICES}: sysfs is not mounted, or the machine has no PCI`);
  const addresses = names.filter((name) => PciAddress.safeParse(name).success);
  const devices = await inParallel(addresses, (address) => pciDevice(files, address));
  return devices.filter((device) => device !== undefined);
}

/** One PCI device; undefined when it is not there, or leaves while it is read. */
export async function pciDevice(files: KernelFiles, address: PciAddress): Promise<PciDevice | undefined> {
  const folder = `${DEVICES}/${address}`;
  const [place, names] = await Promise.all([files.link(folder), files.names(folder)]);
  if (place === undefined || !names) return undefined;
  const [pciClass, vendorId, deviceId, driver, iommuGroup, numaNode, netdevs, vfioDevices, physfn, sriov] =
    await Promise.all([
      files.text(`${folder}/class`),
      files.text(`${folder}/vendor`),
      files.text(`${folder}/device`),
      linkedName(files, `${folder}/driver`),
      linkedName(files, `${folder}/iommu_group`),
      files.text(`${folder}/numa_node`),
      netdevsOf(files, folder, names),
      names.includes('vfio-dev') ? files.names(`${folder}/vfio-dev`) : undefined,
      names.includes('physfn') ? linkedName(files, `${folder}/physfn`) : null,
      names.includes('sriov_totalvfs') ? sriovOf(files, folder, names) : null,
    ]);
  if (!pciClass || !vendorId || !deviceId) return undefined;
  return {
    address,
    parent: parentIn(place),
    class: pciClass,
    vendorId,
    deviceId,
    driver,
    iommuGroup,
    numaNode: Number(numaNode ?? -1) >= 0 ? Number(numaNode) : null,
    netdevs,
    vfioDevices: vfioDevices ?? [],
    physfn,
    sriov,
  };
}

/**
 * A PF that can carry networks: a device with SR-IOV that is of the class network controller or shows a netdev. Other
 * SR-IOV devices (NVMe, accelerators) are listed among the devices and never touched.
 */
export function isNetworkPf(device: PciDevice): device is PciDevice & { sriov: Sriov } {
  return device.sriov !== null && (device.class.startsWith('0x02') || device.netdevs !== null);
}

/** The last PCI address on the way to the device; buses, and bridges of other kinds between, are passed over. */
function parentIn(place: string): PciAddress | null {
  const above = place.split('/').slice(0, -1);
  return above.findLast((part) => PciAddress.safeParse(part).success) ?? null;
}

/** Netdevs lie below the device, or below its virtio device. */
async function netdevsOf(files: KernelFiles, folder: string, names: readonly string[]): Promise<string[] | null> {
  const holders = names.flatMap((name) => (name === 'net' ? ['net'] : /^virtio\d+$/.test(name) ? [`${name}/net`] : []));
  const found = await Promise.all(holders.map((holder) => files.names(`${folder}/${holder}`)));
  const present = found.filter((list) => list !== undefined);
  return present.length > 0 ? present.flat().toSorted() : null;
}

async function sriovOf(files: KernelFiles, folder: string, names: readonly string[]): Promise<Sriov> {
  const links = names.filter((name) => /^virtfn\d+$/.test(name));
  const [totalVfs, autoprobe, vfDeviceId, ...targets] = await Promise.all([
    files.text(`${folder}/sriov_totalvfs`),
    files.text(`${folder}/sriov_drivers_autoprobe`),
    files.text(`${folder}/sriov_vf_device`),
    ...links.map((name) => linkedName(files, `${folder}/${name}`)),
  ]);
  const vfs = targets.flatMap((address, at) =>
    address ? [{ index: Number(links[at]?.slice('virtfn'.length)), address }] : [],
  );
  return {
    totalVfs: Number(totalVfs ?? 0),
    autoprobe: autoprobe !== '0',
    vfDeviceId: vfDeviceId ? `0x${vfDeviceId}` : null,
    vfs: vfs.toSorted((a, b) => a.index - b.index),
  };
}

async function linkedName(files: KernelFiles, path: string): Promise<string | null> {
  return (await files.link(path))?.split('/').at(-1) ?? null;
}
