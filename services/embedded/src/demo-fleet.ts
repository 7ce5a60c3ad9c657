import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { FAULT_SCENARIOS, type FaultScenarioName } from '@vfleet/host-agent/adapters/fault-scenarios';
import { DEMO_SCENARIOS } from '@vfleet/host-agent/adapters/scenarios';
import { openSimulatedMemory } from '@vfleet/host-agent/adapters/simulated/memory';
import { simulatedNetwork } from '@vfleet/host-agent/adapters/simulated/migration';
import type { ScenarioInput } from '@vfleet/host-agent/adapters/simulated/scenario';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import type { Clock } from '@vfleet/process/clock';
import type { LocalHost } from './start-system.ts';

/**
 * The simulated hosts of the demo fleet. Each keeps its machine and its agent's files in `<folder>/<name>`, so the
 * fleet comes back as it was, VFs included, after any end of the process. The folder is made at once: it marks the data
 * as a demo's (demo-wanted.ts). Every one of `faults` is a host more, named as it is.
 */
export async function demoFleet({
  folder,
  clock,
  faults,
}: {
  folder: string;
  clock: Clock;
  faults: readonly FaultScenarioName[];
}): Promise<LocalHost[]> {
  const network = simulatedNetwork();
  const machines: Record<string, ScenarioInput> = { ...DEMO_SCENARIOS };
  for (const fault of faults) machines[hostOf(fault)] = FAULT_SCENARIOS[fault].machine;
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Object.entries(machines).map(async ([name, scenario]) => {
      const memory = await openSimulatedMemory(diskFiles(join(folder, name)), 'machine.json');
      const machine = simulatedHost({ scenario, clock, seed: name, memory, network });
      return { id: name, name, machine, guests: machine.guests, stateDir: join(folder, name, 'state') };
    }),
  );
}

/** What befalls the hosts of `faults` and where to look for it, a line each. */
export function faultsInWords(faults: readonly FaultScenarioName[]): string[] {
  return faults.map((fault) => {
    const { happens, look } = FAULT_SCENARIOS[fault];
    return `On host ${hostOf(fault)} ${happens}. See it so: ${look}.`;
  });
}

function hostOf(fault: FaultScenarioName): string {
  return fault.toLowerCase();
}
