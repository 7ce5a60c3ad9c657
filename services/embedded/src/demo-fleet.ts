import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFiles } from '@vfleet/host-agent/adapters/disk-files';
import { DEMO_SCENARIOS } from '@vfleet/host-agent/adapters/scenarios';
import { openSimulatedMemory } from '@vfleet/host-agent/adapters/simulated/memory';
import { simulatedNetwork } from '@vfleet/host-agent/adapters/simulated/migration';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import type { Clock } from '@vfleet/process/clock';
import type { LocalHost } from './start-system.ts';

/**
 * The simulated hosts of the demo fleet. Each keeps its machine and its agent's files in `<folder>/<name>`, so the
 * fleet comes back as it was, VFs included, after any end of the process. The folder is made at once: it marks the data
 * as a demo's (demo-wanted.ts).
 */
export async function demoFleet({ folder, clock }: { folder: string; clock: Clock }): Promise<LocalHost[]> {
  const network = simulatedNetwork();
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Object.entries(DEMO_SCENARIOS).map(async ([name, scenario]) => {
      const memory = await openSimulatedMemory(diskFiles(join(folder, name)), 'machine.json');
      const machine = simulatedHost({ scenario, clock, seed: name, memory, network });
      return { id: name, name, machine, guests: machine.guests, stateDir: join(folder, name, 'state') };
    }),
  );
}
