import { createHash } from 'node:crypto';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Clock } from '@vfleet/process/clock';
import type { Guests } from '../guests.ts';
import type { Host, HostScan } from '../host.ts';
import { within } from '../within.ts';
import { controlsOf, type SimulatedControls } from './simulated/controls.ts';
import { findPf, findVf } from './simulated/find-function.ts';
import { isLibvirtAway } from './simulated/guests-work.ts';
import { vfioHolder } from './simulated/holds.ts';
import { storeNumVfs } from './simulated/kernel-write.ts';
import { deviceListing } from './simulated/listing.ts';
import type { Machine, SimulatedPf } from './simulated/machine.ts';
import type { SimulatedMemory } from './simulated/memory.ts';
import { joinNetwork, type SimulatedNetwork } from './simulated/migration.ts';
import { nicViews } from './simulated/nic-view.ts';
import { openMachine } from './simulated/open-machine.ts';
import { setPfMtu } from './simulated/pf-mtu.ts';
import { pfView, presentPfs } from './simulated/pf-view.ts';
import { Scenario, type ScenarioInput } from './simulated/scenario.ts';
import { simulatedCounters } from './simulated/vf-counters.ts';
import { nextChange, pass, watch, whileHeldUp } from './simulated/waiting.ts';
import { simulatedGuests } from './simulated-guests.ts';

/** A simulated machine: what an agent manages, and what a test does to it. */
export type SimulatedHost = Host & SimulatedControls & { guests: Guests };

/**
 * A machine with SR-IOV cards that is not there: the kernel's rules, its drivers' times and its faults, on an injected
 * clock. The scenario is data; `seed` makes its MACs, so two machines differ. With a `memory` it outlives the process,
 * and so do its domains, which can be moved to the other machines of its `network` by their host ids.
 */
export function simulatedHost({
  scenario,
  clock,
  seed,
  memory = null,
  hostId = seed,
  network = null,
}: {
  scenario: ScenarioInput;
  clock: Clock;
  seed: string;
  memory?: SimulatedMemory | null;
  hostId?: string;
  network?: SimulatedNetwork | null;
}): SimulatedHost {
  const machine = openMachine({ scenario: Scenario.parse(scenario), clock, seed, memory });
  if (network) joinNetwork(network, hostId, machine);
  const guests = simulatedGuests(machine, { id: hostId, network });
  return { ...hostOf(machine, seed), ...controlsOf(machine), guests };
}

function hostOf(machine: Machine, seed: string): Host & Pick<SimulatedControls, 'writes'> {
  const { clock, faults } = machine;
  const count = simulatedCounters(machine);
  const writes: { pciAddress: PciAddress; count: number }[] = [];

  return {
    writes: () => writes,
    bootId: async () => bootId(seed, machine.boots()),
    scan: () => scan(machine),
    lookAtPf: async (address) => {
      const pf = findPf(machine, address);
      return pf && pfView(machine, pf);
    },
    nicsOf: async (addresses) =>
      nicViews(machine).filter(({ pciAddress }) => pciAddress && addresses.includes(pciAddress)),
    writeNumVfs: async (address, count, deadlineMs) => {
      const pf = findPf(machine, address);
      if (!pf) return { kind: 'errno', errno: 'ENOENT' };
      if (pf.writing) return { kind: 'locked' };
      writes.push({ pciAddress: address, count });
      const ended = await within(clock, deadlineMs, storeNumVfs(machine, pf, count));
      if (!ended.inTime) return { kind: 'unfinished' };
      return ended.value === null ? { kind: 'written' } : { kind: 'errno', errno: ended.value };
    },
    readNumVfs: async (address, deadlineMs) => {
      const pf = findPf(machine, address);
      if (!pf) return { kind: 'errno', errno: 'ENOENT' };
      const ended = await within(clock, deadlineMs, writerEnds(machine, address));
      return ended.inTime ? { kind: 'value', value: ended.value.numVfs } : { kind: 'unfinished' };
    },
    writerAlive: async (address) => machine.pfs.get(address)?.writing != null,
    holderOf: async (address) => holders(machine, address),
    rebindVf: async (address) => {
      const found = findVf(machine, address);
      const heals = (index: number, pf: SimulatedPf) =>
        faults.of('netdev-never', pf.address).some((fault) => fault.vf === index && fault.healsOnRebind);
      if (found && heals(found.vf.index, found.pf)) {
        found.vf.netdevAt = clock.now() + machine.scaled(machine.timesOf(found.pf).netdev);
        found.vf.mac = machine.newMac(found.pf, found.vf.index);
        machine.changed();
        await machine.remember();
      }
      return 'done';
    },
    setPfUp: async (address) => {
      const pf = findPf(machine, address);
      if (!pf || pf.isUp || machine.driverOf(pf) === null || faults.of('pf-stays-down', address).length > 0) return;
      pf.isUp = true;
      machine.changed();
      await machine.remember();
    },
    vfCounters: async (address) => {
      const pf = findPf(machine, address);
      return pf ? count(pf) : [];
    },
    setPfMtu: (address, mtu) => setPfMtu(machine, address, mtu),
    watch: (onChange) => watch(machine, onChange),
    close: async () => machine.switchOff(),
  };
}

async function scan(machine: Machine): Promise<HostScan> {
  const [failure] = machine.faults.of('scan-fails');
  if (failure) throw new Error(failure.message);
  await whileHeldUp(machine, () => machine.faults.of('scan-hangs').length > 0);
  for (const { ms } of machine.faults.of('scan-slow')) await pass(machine, ms);
  const nics = nicViews(machine);
  return {
    devices: deviceListing(machine, nics),
    nics,
    pfs: presentPfs(machine).map((pf) => pfView(machine, pf)),
    iommu: machine.scenario.iommu,
    platform: {
      kernel: '6.12.0-simulated',
      interruptRemapping: machine.scenario.iommu,
      unsafeInterruptsAllowed: false,
      brokenChipset: null,
      hypervisor: isLibvirtAway(machine) ? null : 'simulated',
    },
  };
}

/** The device lock is held by the writer: who reads waits as long as it runs. */
async function writerEnds(machine: Machine, address: PciAddress): Promise<SimulatedPf> {
  for (;;) {
    const pf = machine.pfs.get(address);
    if (pf && !pf.writing) return pf;
    await nextChange(machine);
  }
}

function holders(machine: Machine, address: PciAddress): string {
  const vfs = machine.pfs.get(address)?.vfs ?? [];
  const held = vfs.flatMap(({ address: vf, hold }) => {
    const holder = vfioHolder(hold);
    return holder ? [`${vf} is open through vfio by ${holder}`] : [];
  });
  return held.length > 0 ? held.join('; ') : 'nothing on the host is seen to hold its virtual functions';
}

function bootId(seed: string, boots: number): string {
  const hex = createHash('sha256').update(`${seed} boot ${boots}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
