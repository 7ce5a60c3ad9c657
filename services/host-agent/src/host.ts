import type { HostDevListByCaps } from '@vfleet/contracts/vocabulary/host-device';
import type { NicReport, PfHealth, PfIdentity, Platform, VfReport } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';

/** A PF as the machine shows it. `existing` counts the virtfn links, so it never touches `sriov_numvfs`. */
export type PfState = {
  pciAddress: PciAddress;
  /** Name of its first netdev, null while it has none. */
  nic: string | null;
  totalVfs: number;
  existing: number;
  driver: string | null;
  firmware: string | null;
  identity: PfIdentity;
  health: PfHealth;
  /** sriov_drivers_autoprobe: whether the kernel binds drivers to new VFs. */
  autoprobe: boolean;
  /** Whether the driver of this PF's VFs is there, so that netdevs can be expected. */
  vfDriverAvailable: boolean;
  vfs: VfReport[];
};

/** Everything of a host that a report needs, apart from what the agent itself keeps. */
export type HostScan = {
  devices: HostDevListByCaps;
  nics: NicReport[];
  pfs: PfState[];
  iommu: boolean | null;
  platform: Platform;
};

/** How a write of `sriov_numvfs` ended: done, an errno of the kernel, another writer had the lock, or no end in time. */
export type WriteOutcome =
  | { kind: 'written' }
  | { kind: 'errno'; errno: string }
  | { kind: 'locked' }
  | { kind: 'unfinished' };

/** What reading `sriov_numvfs` gave; `unfinished` when this read, or one before it, did not end in time. */
export type ReadOutcome = { kind: 'value'; value: number } | { kind: 'errno'; errno: string } | { kind: 'unfinished' };

/**
 * What a PF's driver has counted of one VF since it was made, whoever drives the VF; null is not told. Receive is what
 * came in for the VF. A driver that counts nothing (igb) tells zeros.
 */
export type VfCounters = {
  index: number;
  receive: Record<'bytes' | 'packets' | 'multicast' | 'broadcast' | 'dropped', number | null>;
  transmit: Record<'bytes' | 'packets' | 'dropped', number | null>;
};

/** How setting an MTU ended; `text` is what the kernel said. */
export type MtuOutcome = { kind: 'set' } | { kind: 'no-netdev' } | { kind: 'errno'; errno: string; text: string };

/**
 * The machine a host agent manages. linux-host is the real one; simulated-host has the same behaviour with its own
 * time and faults. No method decides anything; a fault of the machine itself (no sysfs) throws.
 */
export type Host = {
  /** Another one after every boot of the machine, the same after a restart of the agent. */
  bootId(): Promise<string>;
  /** Lists everything. Never reads `sriov_numvfs`, so a stuck PF cannot block it. Linear in the number of devices. */
  scan(): Promise<HostScan>;
  /** Looks at one PF and every VF's holder; undefined when no such PF is there. Never reads `sriov_numvfs`. */
  lookAtPf(address: PciAddress): Promise<PfState | undefined>;
  /** The netdevs of some PCI devices, with what sits on them. */
  nicsOf(addresses: readonly PciAddress[]): Promise<NicReport[]>;
  /**
   * Writes `sriov_numvfs` in a child process that holds the PF's lock as long as it lives, also beyond this process.
   * After `deadlineMs` the child is left alone and `unfinished` is answered; it is never killed.
   */
  writeNumVfs(address: PciAddress, count: number, deadlineMs: number): Promise<WriteOutcome>;
  /** Reads `sriov_numvfs` in a child process. Must not be called while a writer is alive. */
  readNumVfs(address: PciAddress, deadlineMs: number): Promise<ReadOutcome>;
  /** Whether a writer of this PF is alive, of this or of an earlier agent process: whether its lock is held. */
  writerAlive(address: PciAddress): Promise<boolean>;
  /** What probably holds a PF whose write does not end: VFs open through vfio and by whom. In words. */
  holderOf(address: PciAddress): Promise<string>;
  /**
   * Unbinds a VF from its driver and binds it again, in a child process: some drivers bring a missing netdev only then.
   * It is a repair tried once, so nothing is told but whether it ended; the netdev is looked for afterwards.
   */
  rebindVf(address: PciAddress, deadlineMs: number): Promise<'done' | 'unfinished'>;
  /** Sets the PF's netdev administratively up; a PF without one is left alone. */
  setPfUp(address: PciAddress): Promise<void>;
  /** Sets the MTU of the PF's netdev, the first by name. The MTUs of its VFs' netdevs stay as they are. */
  setPfMtu(address: PciAddress, mtu: number): Promise<MtuOutcome>;
  /** The counters of a PF's VFs; none where the PF has no netdev. Never called while something is set on the PF. */
  vfCounters(address: PciAddress): Promise<VfCounters[]>;
  /** Calls back, debounced, when devices or links change; answers how to stop. */
  watch(onChange: () => void): () => void;
  close(): Promise<void>;
};
