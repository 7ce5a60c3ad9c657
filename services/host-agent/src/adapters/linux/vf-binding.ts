import { join } from 'node:path';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import { z } from 'zod';
import type { Change, Guests } from '../../guests.ts';
import { awaitNetdev } from './await-netdev.ts';
import { bindingLock, Errno, type KernelChildren } from './kernel-children.ts';
import type { KernelFiles } from './kernel-files.ts';
import { pciDevice } from './pci-devices.ts';
import type { RunCommand } from './run-command.ts';

const POLL_MS = 250;

const DRIVER = 'sys/bus/pci/drivers/vfio-pci';

/**
 * Gives a VF another driver, whatever an earlier child left undone. Only what has a `physfn` is touched. vfio-pci is
 * bound by name, since a probe keeps the errno of the driver to itself; a network driver is found by the probe.
 */
const SCRIPT = `
const [pci, address, to] = process.argv.slice(1);
const device = pci + '/devices/' + address;
const driver = () => {
  try {
    return fs.readlinkSync(device + '/driver').split('/').at(-1);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
};
const unbind = () => write(device + '/driver/unbind', address);
attempt(() => {
  fs.readlinkSync(device + '/physfn');
  if (to === 'vfio-pci') {
    write(device + '/driver_override', 'vfio-pci');
    if (driver() !== 'vfio-pci') {
      if (driver() !== null) unbind();
      write(pci + '/drivers/vfio-pci/bind', address);
    }
  } else {
    write(device + '/driver_override', '');
    if (/(^|[-_])vfio[-_]pci$/.test(driver() ?? '')) unbind();
    if (driver() === null) write(pci + '/drivers_probe', address);
  }
  return { kind: 'done' };
});
`;

const Bound = z.discriminatedUnion('kind', [z.object({ kind: z.literal('done') }), Errno]);

const TIMED_OUT: Change = { kind: 'errno', errno: 'ETIMEDOUT' };

/**
 * Binds VFs by `driver_override`. The writes wait in the kernel, unkillably, while a process has the VF open through vfio,
 * so a child does them; what is abandoned at its deadline goes on when the VF is let go, and nothing else is begun on
 * this VF until it has ended, also by a later process.
 */
export function vfBinding({
  root,
  files,
  children,
  run,
  clock,
}: {
  root: string;
  files: KernelFiles;
  children: KernelChildren;
  run: RunCommand;
  clock: Clock;
}): Pick<Guests, 'bindVf'> {
  return {
    bindVf: async (address, to, deadlineMs) => {
      const end = clock.now() + deadlineMs;
      const vf = pciDevice(files, address);
      if (!vf?.physfn) return { kind: 'errno', errno: 'ENODEV' };
      if (to === 'vfio-pci') {
        // vfio's own answer, told before the VF has lost its netdev.
        if (vf.iommuGroup === null) return { kind: 'errno', errno: 'EINVAL' };
        if (!(await hasVfio())) return { kind: 'errno', errno: 'ENOENT' };
      }
      const change = await bind(address, to, end);
      if (change.kind === 'done' && to === 'network') await awaitNetdev(address, { files, clock, end });
      return change;
    },
  };

  /** What an earlier child holds is waited for, and then bound from what that child left. */
  async function bind(address: PciAddress, to: 'vfio-pci' | 'network', end: number): Promise<Change> {
    const args = [join(root, 'sys/bus/pci'), address, to];
    for (;;) {
      const deadlineMs = end - clock.now();
      if (deadlineMs <= 0) return TIMED_OUT;
      const work = { lock: bindingLock(address), script: SCRIPT, args, outcome: Bound, deadlineMs };
      const outcome = await children.work(work);
      if (outcome === 'unfinished') return TIMED_OUT;
      if (outcome !== 'locked') return outcome;
      await clock.sleep(Math.min(POLL_MS, deadlineMs));
    }
  }

  /** Whether vfio-pci is there, now that it was asked for. */
  async function hasVfio(): Promise<boolean> {
    if (await files.names(DRIVER)) return true;
    await run('modprobe', ['vfio-pci']);
    return (await files.names(DRIVER)) !== undefined;
  }
}
