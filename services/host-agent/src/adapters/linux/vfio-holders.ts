import { setImmediate as nextTurn } from 'node:timers/promises';
import type { VfReport } from '@vfleet/contracts/vocabulary/host-report';
import { inTurns } from '../../in-turns.ts';
import type { KernelFiles } from './kernel-files.ts';
import type { PciDevice } from './pci-devices.ts';

/** Inode of the kernel's first pid namespace (PROC_PID_INIT_INO): from any other one, processes go unseen. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

const DEVICE_FILES = '/dev/vfio/';

/** An open group or device; /dev/vfio/vfio itself gives no device away. */
const OF_VFIO = /^(\/dev\/vfio\/(?!vfio$)|anon_inode:\[vfio-device)/;

/** Open files of a process looked at in one go, less than a millisecond's work. */
const PER_TURN = 128;

/** Who has which device file of vfio open. */
export type VfioHolders = {
  /** Holders in words by device file below /dev/vfio: `12`, `devices/vfio0`. */
  byFile: ReadonlyMap<string, readonly string[]>;
  /** Why somebody may hold a device without being seen; null when everything was seen. */
  unseen: string | null;
};

/**
 * Looks through the open files of every process. A process that ends meanwhile holds nothing. What may not be read, a
 * proc of another pid namespace, and a device kept open without its group's file make the look incomplete.
 */
export async function vfioHolders(files: KernelFiles): Promise<VfioHolders> {
  const pids = (files.now.names('proc') ?? []).filter((name) => /^\d+$/.test(name));
  const looks = [];
  for (const pid of pids) {
    looks.push(await lookAtProcess(files, pid));
    await nextTurn();
  }
  const byFile = new Map<string, string[]>();
  let unseen = await whyBlind(files);
  for (const look of looks) {
    if (look === 'unreadable') unseen ??= 'the open files of other processes may not be read';
    if (typeof look !== 'object') continue;
    if (look.open.length === 0) unseen ??= `${look.holder} has a vfio device open without its group`;
    for (const file of look.open) byFile.set(file, [...(byFile.get(file) ?? []), look.holder]);
  }
  return { byFile, unseen };
}

/** Whether a device is open through vfio; null for one that is not bound to a vfio driver. */
export function vfioUse(device: PciDevice, holders: VfioHolders): VfReport['vfio'] {
  if (!isOnVfio(device)) return null;
  const files = [
    ...device.vfioDevices.map((name) => `devices/${name}`),
    ...(device.iommuGroup ? [device.iommuGroup, `noiommu-${device.iommuGroup}`] : []),
  ];
  const found = [...new Set(files.flatMap((file) => holders.byFile.get(file) ?? []))];
  if (found.length > 0) return { open: 'yes', holder: found.join(', ') };
  if (holders.unseen) return { open: 'unreadable', holder: holders.unseen };
  return { open: 'no', holder: null };
}

/** vfio-pci, or one of its kin made for a card (mlx5_vfio_pci, hisi_acc_vfio_pci). */
export function isOnVfio({ driver }: Pick<PciDevice, 'driver'>): boolean {
  return driver !== null && /(^|[-_])vfio[-_]pci$/.test(driver);
}

async function whyBlind(files: KernelFiles): Promise<string | null> {
  const namespace = await files.link('proc/1/ns/pid').catch(() => undefined);
  return namespace === FIRST_PID_NAMESPACE ? null : "the host's processes cannot be seen from here";
}

/** What a process has open of vfio: device files, or none of them but a device all the same; undefined for nothing. */
async function lookAtProcess(
  files: KernelFiles,
  pid: string,
): Promise<{ holder: string; open: string[] } | 'unreadable' | undefined> {
  try {
    const descriptors = files.now.names(`proc/${pid}/fd`) ?? [];
    const targets = await inTurns(descriptors, PER_TURN, (fd) => files.now.link(`proc/${pid}/fd/${fd}`));
    const ofVfio = targets.filter((target) => target !== undefined && OF_VFIO.test(target));
    if (ofVfio.length === 0) return undefined;
    const open = ofVfio.flatMap((target) =>
      target?.startsWith(DEVICE_FILES) ? [target.slice(DEVICE_FILES.length)] : [],
    );
    return { holder: await describe(files, pid), open };
  } catch {
    return 'unreadable';
  }
}

/** `qemu-system-x86 (pid 4711, domain vm1)`; a QEMU started by libvirt names its domain. */
async function describe(files: KernelFiles, pid: string): Promise<string> {
  const [name, commandLine] = await Promise.all([
    files.text(`proc/${pid}/comm`).catch(() => undefined),
    files.text(`proc/${pid}/cmdline`).catch(() => undefined),
  ]);
  const domain = /\0-name\0guest=([^,\0]+)/.exec(commandLine ?? '')?.[1];
  return `${name ?? 'a process'} (pid ${pid}${domain ? `, domain ${domain}` : ''})`;
}
