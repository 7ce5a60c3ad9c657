import { createHash } from 'node:crypto';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import { runForeign } from './domains.ts';
import { timesOf } from './driver-times.ts';
import { exchangePfs } from './exchange-pfs.ts';
import { faultsOf } from './faults.ts';
import type { Machine, SimulatedPf, SimulatedVf } from './machine.ts';
import { type Counters, FIRST_MTU, FIRST_PID, type SimulatedMemory, savingTogether } from './memory.ts';
import { memoryOf, recall } from './recall.ts';
import type { Card, Scenario } from './scenario.ts';
import { functionAddress, vfAddress } from './vf-address.ts';
import { firstSettings } from './vf-settings.ts';
import { traitsOf } from './vf-settings-drivers.ts';

/** Switches a machine on as its memory has it, or as its scenario begins. */
export function openMachine({
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
  const counters: Counters = {
    boots: 0,
    bootedAt: clock.now(),
    creations: 0,
    nextGroup: 0,
    nextPid: FIRST_PID,
    isOn: true,
  };
  const save = savingTogether(async () => memory?.save(memoryOf(it, counters)));
  const life = new AbortController();
  let areSwapped = false;

  const it: Machine = {
    scenario,
    clock,
    faults,
    pfs,
    domains: [],
    plugging: [],
    arrivals: [],
    isOn: () => counters.isOn,
    boots: () => counters.boots,
    bootedAt: () => counters.bootedAt,
    scaled: (ms) => ms * scenario.timeScale,
    timesOf: (pf) => pf.card.times ?? timesOf(pf.card.driver),
    traitsOf: (pf) => pf.card.vfTraits ?? traitsOf(pf.card.driver),
    makeVfs,
    newMac,
    newPid: () => counters.nextPid++,
    netdevTime,
    driverOf,
    boot,
    powerOff: () => {
      boot();
      counters.isOn = false;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed: () => {
      for (const listener of listeners) listener();
    },
    sleep: (ms) => clock.sleep(ms, life.signal).catch(() => new Promise(() => {})),
    switchOff: () => life.abort(),
    remember: () => (life.signal.aborted ? new Promise(() => {}) : save()),
  };

  boot();
  if (memory?.loaded) {
    recall(it, counters, memory.loaded);
    if (scenario.bootsAnew) boot();
  } else beginAsTheScenarioSays();
  return it;

  function boot(): void {
    counters.boots++;
    counters.bootedAt = clock.now();
    counters.isOn = true;
    it.domains.splice(0);
    it.arrivals.splice(0);
    // Groups are numbered as devices are found; shifting them by the boot keeps anyone from relying on a number.
    counters.nextGroup = counters.boots * 3;
    const shared = new Map<Card, number>();
    for (const card of scenario.cards) {
      card.ports.forEach((port, fn) => {
        const address = functionAddress(card.address, fn);
        const earlier = pfs.get(address);
        const group = card.iommu === 'none' || !scenario.iommu ? null : (shared.get(card) ?? counters.nextGroup++);
        if (group !== null && card.iommu !== 'isolated') shared.set(card, group);
        pfs.set(address, {
          address,
          card: earlier?.card ?? card,
          port: earlier?.port ?? port,
          isPresent: earlier?.isPresent ?? true,
          isUp: (earlier?.port ?? port).up,
          mtu: FIRST_MTU,
          iommuGroup: group,
          numVfs: 0,
          vfs: [],
          writing: null,
          isSetting: false,
        });
      });
    }
    if (counters.boots > 1 && !areSwapped) {
      areSwapped = true;
      for (const [one, other] of scenario.swapsAtBoot) exchangePfs(pfAt(one), pfAt(other));
    }
    announceDrivers();
  }

  function pfAt(address: PciAddress): SimulatedPf {
    const pf = pfs.get(address);
    if (!pf) throw new Error(`the scenario names ${address}, where no PF is`);
    return pf;
  }

  /** The kernel tells of drivers that are bound and unbound. */
  function announceDrivers(): void {
    const times = faults.of('driver-missing').flatMap(({ fromBootMs, afterBootMs }) => [fromBootMs, afterBootMs ?? 0]);
    for (const ms of new Set(times)) if (ms > 0) void it.sleep(it.scaled(ms)).then(it.changed);
  }

  function beginAsTheScenarioSays(): void {
    for (const pf of pfs.values()) {
      pf.numVfs = pf.port.vfs;
      pf.vfs = makeVfs(pf, pf.port.vfs, 0).map((vf) => ({
        ...vf,
        linkAt: counters.bootedAt,
        netdevAt: vf.netdevAt && counters.bootedAt,
      }));
    }
    const made = new Map([...pfs.values()].flatMap(({ vfs }) => vfs.map((vf) => [vf.address, vf] as const)));
    const vfAt = (address: PciAddress): SimulatedVf => {
      const vf = made.get(address);
      if (!vf) throw new Error(`the scenario names VF ${address}, which does not exist`);
      return vf;
    };
    for (const { vf, hold } of scenario.holds) vfAt(vf).hold = hold;
    for (const { name, vfs } of scenario.domains) runForeign(it, name, vfs.map(vfAt));
  }

  function makeVfs(pf: SimulatedPf, count: number, ms: number): SimulatedVf[] {
    const begin = clock.now();
    const linksLate = faults.of('links-late', pf.address).reduce((late, { afterMs }) => late + afterMs, 0);
    return Array.from({ length: count }, (_, index) => {
      const linkAt = begin + (ms * (index + 1)) / count + it.scaled(linksLate);
      const mac = newMac(pf, index);
      return {
        index,
        address: vfAddress(pf.address, { ...pf.port, index }),
        mac,
        iommuGroup:
          pf.iommuGroup === null ? null : pf.card.iommu === 'vfs-share' ? pf.iommuGroup : counters.nextGroup++,
        linkAt,
        netdevAt: netdevTime(pf, index, linkAt),
        reboundAt: null,
        hold: null,
        settings: firstSettings(it.traitsOf(pf), mac),
      };
    });
  }

  function netdevTime(pf: SimulatedPf, index: number, from: number, { isRebind = false } = {}): number | null {
    if (!pf.card.autoprobe || !pf.card.vfDriverAvailable) return null;
    const subject = { pf: pf.address, vf: index };
    if (faults.concerning('netdev-never', subject).some((each) => !(isRebind && each.healsOnRebind))) return null;
    const late = [
      ...faults.concerning('netdev-late', subject),
      ...(isRebind ? faults.concerning('netdev-late-after-unbind', subject) : []),
    ];
    return from + it.scaled(it.timesOf(pf).netdev + late.reduce((sum, { afterMs }) => sum + afterMs, 0));
  }

  function newMac(pf: SimulatedPf, index: number): string {
    counters.creations++;
    const made = `${seed} ${counters.boots} ${counters.creations} ${pf.address} ${index}`;
    const bytes = createHash('sha256').update(made).digest();
    bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
    return [...bytes.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
  }

  function driverOf(pf: SimulatedPf): string | null {
    const sinceBoot = clock.now() - counters.bootedAt;
    const isMissing = faults
      .of('driver-missing', pf.address)
      .some(
        ({ fromBootMs, afterBootMs }) =>
          sinceBoot >= it.scaled(fromBootMs) && (afterBootMs === null || sinceBoot < it.scaled(afterBootMs)),
      );
    return isMissing || faults.of('pf-given-away', pf.address).length > 0 ? null : pf.card.driver;
  }
}
