import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { KernelFiles } from './kernel-files.ts';
import { pciDevice } from './pci-devices.ts';

const POLL_MS = 100;

/** How long udev may take to name a netdev that has come. */
const NAMING_MS = 5_000;

/**
 * Waits until a device that has been bound shows its netdev, and until udev has named it: before that it is `eth0`, and
 * renamed under whoever uses it. At most until `end`; not at all when the device has no driver.
 */
export async function awaitNetdev(
  address: PciAddress,
  { files, clock, end }: { files: KernelFiles; clock: Clock; end: number },
): Promise<void> {
  let namedBy = end;
  for (;;) {
    const device = pciDevice(files, address);
    if (!device || device.driver === null) return;
    const netdevs = device.netdevs ?? [];
    if (netdevs.length > 0) {
      if ((await Promise.all(netdevs.map((name) => isNamed(files, name)))).every(Boolean)) return;
      namedBy = Math.min(namedBy, clock.now() + NAMING_MS);
    }
    if (clock.now() >= namedBy) return;
    await clock.sleep(POLL_MS);
  }
}

/** udev keeps an entry of every netdev it is done with, by index. Without udev nobody renames. */
async function isNamed(files: KernelFiles, netdev: string): Promise<boolean> {
  if (!(await files.names('run/udev'))?.includes('control')) return true;
  const index = await files.text(`sys/class/net/${netdev}/ifindex`);
  return index !== undefined && (await files.text(`run/udev/data/n${index}`)) !== undefined;
}
