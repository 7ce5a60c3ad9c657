import { join } from 'node:path';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type Clock, systemClock } from '@vfleet/process/clock';
import { type Log, silentLog } from '@vfleet/process/log';
import type { Host } from '../host.ts';
import { kernelChildren } from './linux/kernel-children.ts';
import { kernelFiles } from './linux/kernel-files.ts';
import { kernelWrites } from './linux/kernel-writes.ts';
import { lookAtMachine } from './linux/look-at-machine.ts';
import { ownNetdevs } from './linux/own-netdevs.ts';
import { pciDevice } from './linux/pci-devices.ts';
import { commandRunner, outputOf, type RunCommand } from './linux/run-command.ts';
import { setMtu } from './linux/set-pf-mtu.ts';
import { vfCounters } from './linux/vf-counters.ts';
import { watchChanges } from './linux/watch-changes.ts';
import { whoHolds } from './linux/who-holds.ts';

/** Locks outlive the agent and end with the boot, as the children they stand for do. */
export const LOCK_DIR = 'run/vfleet/locks';

export type LinuxHostOptions = {
  /** Where the host's sysfs, proc and /run are found. */
  root?: string;
  /** Folder of the writers' locks: the same for every agent of the machine, and never cleared while it runs. */
  lockDir?: string;
  /** Runs `ip`, `ethtool`, `modprobe` and `flock`. */
  run?: RunCommand;
  /** What drives domains here, with its version; null where nothing does, or does not answer. */
  hypervisor?: () => Promise<string | null>;
  clock?: Clock;
  log?: Log;
};

/** This Linux machine, or the one whose files lie below `root`: sysfs, proc and iproute2; libvirt is not needed. */
export function linuxHost({
  root = '/',
  lockDir = join(root, LOCK_DIR),
  clock = systemClock(),
  run = commandRunner(clock),
  hypervisor = async () => null,
  log = silentLog,
}: LinuxHostOptions = {}): Host {
  const files = kernelFiles(root);
  const own = ownNetdevs({ files, run });
  const watches = new Set<() => void>();

  async function nicOf(address: PciAddress): Promise<string | null> {
    const pf = pciDevice(files, address);
    return pf ? ((await own.nicOf(pf))?.name ?? null) : null;
  }

  return {
    bootId: async () => {
      const bootId = await files.text('proc/sys/kernel/random/boot_id');
      if (!bootId) throw new Error('proc names no boot id: is it mounted?');
      return bootId;
    },
    ...lookAtMachine({ files, run, clock, own, hypervisor }),
    ...kernelWrites({ root, children: kernelChildren({ lockDir, run, clock }) }),
    holderOf: (address) => whoHolds(files, address),
    setPfUp: async (address: PciAddress) => {
      const nic = await nicOf(address);
      if (nic) await outputOf(run, 'ip', ['link', 'set', 'dev', nic, 'up']);
    },
    setPfMtu: async (address, mtu) => {
      const nic = await nicOf(address);
      return nic ? setMtu(run, nic, mtu) : { kind: 'no-netdev' };
    },
    vfCounters: async (address) => {
      const nic = await nicOf(address);
      return nic ? vfCounters(run, nic) : [];
    },
    watch: (onChange) => {
      const stop = watchChanges(onChange, { clock, log });
      watches.add(stop);
      return () => {
        watches.delete(stop);
        stop();
      };
    },
    close: async () => {
      for (const stop of watches) stop();
      watches.clear();
    },
  };
}
