import { DEMO_SCENARIOS, withoutTime } from '@vfleet/host-agent/adapters/scenarios';
import { simulatedNetwork } from '@vfleet/host-agent/adapters/simulated/migration';
import { simulatedHost } from '@vfleet/host-agent/adapters/simulated-host';
import { memoryFiles } from '@vfleet/host-agent/testing/memory-files';
import type { Clock } from '@vfleet/process/clock';

/** A host of the model: its machine and its agent's files, which outlive the agent. */
export type ModelHost = {
  id: string;
  machine: ReturnType<typeof simulatedHost>;
  files: ReturnType<typeof memoryFiles>;
};

/** Hosts of every driver in turn, on which VFs are made at once. */
export function modelHosts(count: number, clock: Clock): ModelHost[] {
  const network = simulatedNetwork();
  const scenarios = Object.values(DEMO_SCENARIOS);
  return Array.from({ length: count }, (_, index) => {
    const scenario = scenarios[index % scenarios.length];
    if (!scenario) throw new Error('there is no scenario');
    const id = `h${index + 1}`;
    return {
      id,
      machine: simulatedHost({ scenario: withoutTime(scenario), clock, seed: id, network }),
      files: memoryFiles(),
    };
  });
}
