import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Arrival, SimulatedDomain } from './domain.ts';
import type { Faults } from './faults.ts';
import type { Hold } from './holds.ts';
import type { Card, DriverTimes, Port, Scenario, VfTraits } from './scenario.ts';
import type { SimulatedSettings } from './vf-settings.ts';

/** A VF of a simulated machine. Times are the clock's; a `netdevAt` of null never comes. `mac` is its netdev's own. */
export type SimulatedVf = {
  index: number;
  address: PciAddress;
  mac: string;
  iommuGroup: number | null;
  linkAt: number;
  netdevAt: number | null;
  /** When its network driver was bound again; null since it was made. The driver may be there before the netdev. */
  reboundAt: number | null;
  hold: Hold | null;
  settings: SimulatedSettings;
};

/** A write of `sriov_numvfs` that is under way. `until` is null while it hangs; `release` lets a hanging one go on. */
export type RunningWrite = { count: number; startedAt: number; until: number | null; release: () => void };

/** A PF of a simulated machine. `numVfs` is what `sriov_numvfs` shows; `card` may have been exchanged. */
export type SimulatedPf = {
  address: PciAddress;
  card: Card;
  port: Port;
  isPresent: boolean;
  isUp: boolean;
  /** Of its netdev; every boot begins with the driver's. */
  mtu: number;
  iommuGroup: number | null;
  numVfs: number;
  vfs: SimulatedVf[];
  writing: RunningWrite | null;
  /** Whether a command that sets something on one of its VFs is under way. */
  isSetting: boolean;
};

/** Everything a simulated machine is, shared by what reads it and what changes it. */
export type Machine = {
  scenario: Scenario;
  clock: Clock;
  faults: Faults;
  pfs: Map<PciAddress, SimulatedPf>;
  domains: SimulatedDomain[];
  /** Domains into which a device is being plugged, once for each device. */
  plugging: { domain: SimulatedDomain }[];
  /** Domains that are coming from other machines, and do not run here yet. */
  arrivals: Arrival[];
  isOn(): boolean;
  boots(): number;
  bootedAt(): number;
  /** Milliseconds of the scenario as the machine's clock runs them. */
  scaled(ms: number): number;
  timesOf(pf: SimulatedPf): DriverTimes;
  traitsOf(pf: SimulatedPf): VfTraits;
  /** VFs of a PF for a write that begins to make them now and takes `ms`. */
  makeVfs(pf: SimulatedPf, count: number, ms: number): SimulatedVf[];
  newMac(pf: SimulatedPf, index: number): string;
  newPid(): number;
  /** When the netdev of a VF comes whose driver is bound at `from`; null is never. */
  netdevTime(pf: SimulatedPf, index: number, from: number, options?: { isRebind: boolean }): number | null;
  /** The network driver of a PF now: null while it is missing after boot, or the PF is given away. */
  driverOf(pf: SimulatedPf): string | null;
  /** Starts the machine anew: no VFs, no writers, no holders, no domains, new groups. */
  boot(): void;
  /** Takes its power away: it is as after a boot, and off until the next one. */
  powerOff(): void;
  onChange(listener: () => void): () => void;
  changed(): void;
  /** Resolves after `ms` of the clock, or never when the machine is switched off before. */
  sleep(ms: number): Promise<void>;
  switchOff(): void;
  /** Durable when it resolves; never once the machine is switched off. Calls that wait together are saved at once. */
  remember(): Promise<void>;
};
