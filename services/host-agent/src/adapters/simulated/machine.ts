import { createHash } from 'node:crypto';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import { timesOf } from './driver-times.ts';
import { type Faults, faultsOf } from './faults.ts';
import type { Hold } from './holds.ts';
import type { MachineMemory, RememberedPf, SimulatedMemory } from './memory.ts';
import type { Card, DriverTimes, Port, Scenario } from './scenario.ts';
import { functionAddress, vfAddress } from './vf-address.ts';

/** A VF of a simulated machine. Times are the clock's; a `netdevAt` of null never comes. */
export type SimulatedVf = {
  index: number;
  address: PciAddress;
  mac: string;
  iommuGroup: number | null;
  linkAt: number;
  netdevAt: number | null;
  hold: Hold | null;
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
  iommuGroup: number | null;
  numVfs: number;
  vfs: SimulatedVf[];
  writing: RunningWrite | null;
};

/** Everything a simulated machine is, shared by what reads it and what changes it. */
export type Machine = {
  scenario: Scenario;
  clock: Clock;
  faults: Faults;
  pfs: Map<PciAddress, SimulatedPf>;
  boots(): number;
  bootedAt(): number;
  /** Milliseconds of the scenario as the machine's clock runs them. */
  scaled(ms: number): number;
  timesOf(pf: SimulatedPf): DriverTimes;
  /** VFs of a PF for a write that begins to make them now and takes `ms`. */
  makeVfs(pf: SimulatedPf, count: number, ms: number): SimulatedVf[];
  newMac(pf: SimulatedPf, index: number): string;
  /** The driver of a PF now: null while it is missing after boot. */
  driverOf(pf: SimulatedPf): string | null;
  /** Starts the machine anew: no VFs, no writers, no holders, new groups. */
  boot(): void;
  onChange(listener: () => void): () => void;
  changed(): void;
  /** Resolves after `ms` of the clock, or never when the machine is switched off before. */
  sleep(ms: number): Promise<void>;
  switchOff(): void;
  /** Durable when it resolves. */
  remember(): Promise<void>;
};

/** Switches a machine on as its memory has it, or as its scenario begins. */
export function machine({
  scenario,
  clock,
  seed,
  memory,
}: {
  scenario: Scenario;
  clock: Clock;
  seed: string;
  memory: SimulatedMemory | null;
}): Machine {
  const faults = faultsOf(scenario.faults);
  const listeners = new Set<() => void>();
  const pfs = new Map<PciAddress, SimulatedPf>();
  let boots = 0;
  let bootedAt = clock.now();
  let creations = 0;
  let nextGroup = 0;
  let saving = Promise.resolve();
  const life = new AbortController();

  const it: Machine = {
    scenario,
    clock,
    faults,
    pfs,
    boots: () => boots,
    bootedAt: () => bootedAt,
    scaled: (ms) => ms * scenario.timeScale,
    timesOf: (pf) => pf.card.times ?? timesOf(pf.card.driver),
    makeVfs,
    newMac,
    driverOf,
    boot,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed: () => {
      for (const listener of listeners) listener();
    },
    sleep: (ms) => clock.sleep(ms, life.signal).catch(() => new Promise(() => {})),
    switchOff: () => life.abort(),
    remember: () => {
      const state = snapshot();
      saving = saving.catch(() => {}).then(() => memory?.save(state));
      return saving;
    },
  };

  boot();
  if (memory?.loaded) recall(memory.loaded);
  else beginAsTheScenarioSays();
  return it;

  function boot(): void {
    boots++;
    bootedAt = clock.now();
    // Groups are numbered as devices are found; shifting them by the boot keeps anyone from relying on a number.
    nextGroup = boots * 3;
    const shared = new Map<Card, number>();
    for (const card of scenario.cards) {
      card.ports.forEach((port, fn) => {
        const address = functionAddress(card.address, fn);
        const earlier = pfs.get(address);
        const group = card.iommu === 'none' || !scenario.iommu ? null : (shared.get(card) ?? nextGroup++);
        if (group !== null && card.iommu !== 'isolated') shared.set(card, group);
        pfs.set(address, {
          address,
          card: earlier?.card ?? card,
          port: earlier?.port ?? port,
          isPresent: earlier?.isPresent ?? true,
          isUp: true,
          iommuGroup: group,
          numVfs: 0,
          vfs: [],
          writing: null,
        });
      });
    }
  }

  function beginAsTheScenarioSays(): void {
    for (const pf of pfs.values()) {
      pf.numVfs = pf.port.vfs;
      pf.vfs = makeVfs(pf, pf.port.vfs, 0).map((vf) => ({
        ...vf,
        linkAt: bootedAt,
        netdevAt: vf.netdevAt && bootedAt,
      }));
    }
    for (const { vf, hold } of scenario.holds) {
      const held = [...pfs.values()].flatMap(({ vfs }) => vfs).find(({ address }) => address === vf);
      if (!held) throw new Error(`the scenario holds ${vf}, which does not exist`);
      held.hold = hold;
    }
  }

  function makeVfs(pf: SimulatedPf, count: number, ms: number): SimulatedVf[] {
    creations++;
    const begin = clock.now();
    const linksLate = faults.of('links-late', pf.address).reduce((late, { afterMs }) => late + afterMs, 0);
    return Array.from({ length: count }, (_, index) => {
      const linkAt = begin + (ms * (index + 1)) / count + it.scaled(linksLate);
      return {
        index,
        address: vfAddress(pf.address, { ...pf.port, index }),
        mac: newMac(pf, index),
        iommuGroup: pf.iommuGroup === null ? null : pf.card.iommu === 'vfs-share' ? pf.iommuGroup : nextGroup++,
        linkAt,
        netdevAt: netdevTime(pf, index, linkAt),
        hold: null,
      };
    });
  }

  function netdevTime(pf: SimulatedPf, index: number, linkAt: number): number | null {
    if (!pf.card.autoprobe || !pf.card.vfDriverAvailable) return null;
    if (faults.of('netdev-never', pf.address).some(({ vf }) => vf === index)) return null;
    const late = faults.of('netdev-late', pf.address).filter(({ vf }) => vf === index);
    return linkAt + it.scaled(it.timesOf(pf).netdev + late.reduce((sum, { afterMs }) => sum + afterMs, 0));
  }

  function newMac(pf: SimulatedPf, index: number): string {
    const bytes = createHash('sha256').update(`${seed} ${boots} ${creations} ${pf.address} ${index}`).digest();
    bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
    return [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  }

  function driverOf(pf: SimulatedPf): string | null {
    const isMissing = faults
      .of('driver-missing', pf.address)
      .some(({ afterBootMs }) => afterBootMs === null || clock.now() < bootedAt + it.scaled(afterBootMs));
    return isMissing ? null : pf.card.driver;
  }

  function snapshot(): MachineMemory {
    const remembered: Record<string, RememberedPf> = {};
    for (const pf of pfs.values()) {
      const { numVfs, isPresent, isUp, vfs, writing } = pf;
      const running = writing && writing.until !== null ? { count: writing.count, until: writing.until } : null;
      remembered[pf.address] = { numVfs, isPresent, isUp, vfs, writing: running };
    }
    return { schemaVersion: 1, boots, bootedAt, creations, nextGroup, pfs: remembered };
  }

  function recall(remembered: MachineMemory): void {
    ({ boots, bootedAt, creations, nextGroup } = remembered);
    for (const [address, state] of Object.entries(remembered.pfs)) {
      const pf = pfs.get(address);
      if (!pf) continue;
      const { writing, ...rest } = state;
      Object.assign(pf, rest);
      // The writing process outlives the agent: what it was at is carried out though the agent is another one.
      if (writing) finishLater(pf, writing);
    }
  }

  function finishLater(pf: SimulatedPf, { count, until }: { count: number; until: number }): void {
    const running = { count, startedAt: clock.now(), until, release: () => {} };
    pf.writing = running;
    void it.sleep(Math.max(0, until - clock.now())).then(() => {
      if (pf.writing !== running) return undefined;
      if (count === 0) pf.vfs = [];
      pf.numVfs = count;
      pf.writing = null;
      it.changed();
      return it.remember();
    });
  }
}
