import { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { z } from 'zod';
import { inTurns } from '../../in-turns.ts';
import type { KernelFiles } from './kernel-files.ts';

const DEVICES = 'sys/bus/pci/devices';

const Whole = z
  .string()
  .regex(/^-?\d{1,9}$/)
  .transform(Number);
const Id = z.string().regex(/^0x[0-9a-f]{4}$/);

/** How the kernel prints them (drivers/pci/pci-sysfs.c, iov.c). */
const Attributes = z.object({ class: z.string().regex(/^0x[0-9a-f]{6}$/), vendor: Id, device: Id, numa_node: Whole });
const SriovAttributes = z.object({
  sriov_totalvfs: Whole,
  sriov_drivers_autoprobe: z.enum(['0', '1']),
  sriov_vf_device: z
    .string()
    .regex(/^[0-9a-f]{1,4}$/)
    .optional(),
});

type Now = KernelFiles['now'];

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

/** Devices read at one go, about a millisecond's work. */
const PER_TURN = 16;

/**
 * Every PCI device there is. Reads only attributes that the kernel serves without a lock of the device: not
 * `sriov_numvfs`, `uevent` or `driver_override`, whose reads hang while a change of the number of VFs hangs.
 * Throws, naming device and attribute, where sysfs holds what no kernel writes.
 */
export async function pciDevices(files: KernelFiles): Promise<PciDevice[]> {
  const names = files.now.names(DEVICES);
  if (!names) throw new Error(`no ${DEVICES}: sysfs is not mounted, or the machine has no PCI`);
  const addresses = names.filter((name) => PciAddress.safeParse(name).success);
  return presentDevices(files, addresses);
}

/** Those of some PCI devices that are there. */
export async function presentDevices(files: KernelFiles, addresses: readonly PciAddress[]): Promise<PciDevice[]> {
  const devices = await inTurns(addresses, PER_TURN, (address) => pciDevice(files, address));
  return devices.filter((device) => device !== undefined);
}

/** One PCI device; undefined when it is not there, or leaves while it is read. */
export function pciDevice({ now }: KernelFiles, address: PciAddress): PciDevice | undefined {
  const folder = `${DEVICES}/${address}`;
  const place = now.link(folder);
  const names = new Set(now.names(folder));
  const read = {
    class: now.text(`${folder}/class`),
    vendor: now.text(`${folder}/vendor`),
    device: now.text(`${folder}/device`),
  };
  if (place === undefined || !read.class || !read.vendor || !read.device) return undefined;
  const numaNode = names.has('numa_node') ? now.text(`${folder}/numa_node`) : undefined;
  const attributes = attributesIn(folder, Attributes, { ...read, numa_node: numaNode ?? '-1' });
  const linkedTo = (name: string) => (names.has(name) ? linkedName(now, `${folder}/${name}`) : null);
  return {
    address,
    parent: parentIn(place),
    class: attributes.class,
    vendorId: attributes.vendor,
    deviceId: attributes.device,
    driver: linkedTo('driver'),
    iommuGroup: linkedTo('iommu_group'),
    numaNode: attributes.numa_node < 0 ? null : attributes.numa_node,
    netdevs: netdevsOf(now, folder, names),
    vfioDevices: names.has('vfio-dev') ? (now.names(`${folder}/vfio-dev`) ?? []) : [],
    physfn: linkedTo('physfn'),
    sriov: names.has('sriov_totalvfs') ? sriovOf(now, folder, names) : null,
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
function netdevsOf(now: Now, folder: string, names: ReadonlySet<string>): string[] | null {
  const holders = names.has('net') ? ['net'] : [...names].filter(isVirtio).map((name) => `${name}/net`);
  const present = holders.flatMap((holder) => {
    const found = now.names(`${folder}/${holder}`);
    return found ? [found] : [];
  });
  return present.length > 0 ? present.flat().toSorted() : null;
}

function isVirtio(name: string): boolean {
  return /^virtio\d+$/.test(name);
}

function sriovOf(now: Now, folder: string, names: ReadonlySet<string>): Sriov | null {
  const totalVfs = now.text(`${folder}/sriov_totalvfs`);
  if (totalVfs === undefined) return null;
  const attributes = attributesIn(folder, SriovAttributes, {
    sriov_totalvfs: totalVfs,
    sriov_drivers_autoprobe: now.text(`${folder}/sriov_drivers_autoprobe`) ?? '1',
    sriov_vf_device: now.text(`${folder}/sriov_vf_device`),
  });
  const vfs = [...names].flatMap((name) => {
    const index = /^virtfn(\d+)$/.exec(name)?.[1];
    const address = index === undefined ? null : linkedName(now, `${folder}/${name}`);
    return address ? [{ index: Number(index), address }] : [];
  });
  return {
    totalVfs: attributes.sriov_totalvfs,
    autoprobe: attributes.sriov_drivers_autoprobe === '1',
    vfDeviceId: attributes.sriov_vf_device ? `0x${attributes.sriov_vf_device}` : null,
    vfs: vfs.toSorted((a, b) => a.index - b.index),
  };
}

function linkedName(now: Now, path: string): string | null {
  return now.link(path)?.split('/').at(-1) ?? null;
}

/** What sysfs says of a device, as the kernel writes it. */
function attributesIn<Schema extends z.ZodType>(
  folder: string,
  schema: Schema,
  texts: Record<string, string | undefined>,
): z.output<Schema> {
  const parsed = schema.safeParse(texts);
  if (parsed.success) return parsed.data;
  throw new Error(`${folder} cannot be read: ${z.prettifyError(parsed.error)}`);
}
