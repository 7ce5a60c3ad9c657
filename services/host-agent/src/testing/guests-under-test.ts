import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { virtualClock } from '@vfleet/process/virtual-clock';
import { DEMO_SCENARIOS } from '../adapters/scenarios.ts';
import type { FaultInput } from '../adapters/simulated/faults.ts';
import { openSimulatedMemory } from '../adapters/simulated/memory.ts';
import type { ScenarioInput } from '../adapters/simulated/scenario.ts';
import { type SimulatedHost, simulatedHost } from '../adapters/simulated-host.ts';
import { memoryFiles } from './memory-files.ts';
import { passing } from './passing.ts';

const LONG = 1_000_000;

/** A simulated machine with four VFs on its first PF, their netdevs there, in virtual time. */
export async function guestsUnderTest({
  scenario = DEMO_SCENARIOS.alpha,
  faults = [],
}: {
  scenario?: ScenarioInput;
  faults?: FaultInput[];
} = {}) {
  const clock = virtualClock();
  const files = memoryFiles();
  const open = async (): Promise<SimulatedHost> =>
    simulatedHost({ scenario, clock, seed: 'alpha', memory: await openSimulatedMemory(files, 'machine.json') });
  const host = await open();
  const pf = scenario.cards[0]?.address ?? '';
  await passing(clock, host.writeNumVfs(pf, 4, LONG));
  await clock.advance(60_000);
  const vfs = ((await host.lookAtPf(pf))?.vfs ?? []).map(({ pciAddress }) => pciAddress);
  for (const fault of faults) host.inject(fault);
  const pass = <Value>(promise: Promise<Value>) => passing(clock, promise, { stepMs: 10 });

  return {
    clock,
    host,
    guests: host.guests,
    pf,
    vfs: vfs as [PciAddress, PciAddress, PciAddress, PciAddress],
    /** Opens the machine again from what it remembers, as the next process does. */
    open,
    pass,
    prepare: async (...addresses: PciAddress[]) => {
      for (const vf of addresses) await pass(host.guests.bindVf(vf, 'vfio-pci', LONG));
    },
  };
}
