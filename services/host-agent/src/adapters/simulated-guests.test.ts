import { virtualClock } from '@vfleet/process/virtual-clock';
import { describeDomains } from '../domains-conformance.ts';
import { describePreparing } from '../guests-conformance.ts';
import { passing } from '../testing/passing.ts';
import { DEMO_SCENARIOS, withoutTime } from './scenarios.ts';
import type { ScenarioInput } from './simulated/scenario.ts';
import { simulatedHost } from './simulated-host.ts';

for (const [name, scenario] of Object.entries(DEMO_SCENARIOS)) {
  const open = async (of: ScenarioInput) => {
    const clock = virtualClock();
    const host = simulatedHost({ scenario: of, clock, seed: name });
    const pf = scenario.cards[0]?.address ?? '';
    await passing(clock, host.writeNumVfs(pf, 2, 1_000_000));
    await clock.advance(60_000);
    const [first, second] = (await host.lookAtPf(pf))?.vfs ?? [];
    if (!first || !second) throw new Error(`${name} has no two VFs`);
    return {
      guests: host.guests,
      vfs: [first.pciAddress, second.pciAddress] as const,
      domainXml: null,
      passing: <Value>(promise: Promise<Value>) => passing(clock, promise),
      close: () => host.close(),
    };
  };
  describePreparing(`the simulated ${name}`, () => open(scenario));
  describeDomains(`the simulated ${name}`, () => open(scenario));
  describeDomains(`the simulated ${name} without time`, () => open(withoutTime(scenario)));
}
