import { DEMO_SCENARIOS } from '../scenarios.ts';
import type { ScenarioInput } from '../simulated/scenario.ts';

/** One way in which a host fails: what happens, where to look for it, and a machine on which it happens. */
export type FaultScenario = { happens: string; look: string; machine: ScenarioInput };

type DemoName = keyof typeof DEMO_SCENARIOS;
type Card = ScenarioInput['cards'][number];

/** The first PF of each demo host. */
export const PF = {
  alpha: '0000:05:00.0',
  bravo: '0000:18:00.0',
  charlie: '0000:3b:00.0',
  delta: '0000:5e:00.0',
} as const satisfies Record<DemoName, string>;

/** A demo host, with what befalls it and how its first card and that card's first port differ. */
export function on(
  name: DemoName,
  {
    card = {},
    port = {},
    ...others
  }: Partial<ScenarioInput> & { card?: Partial<Card>; port?: Partial<Card['ports'][number]> } = {},
): ScenarioInput {
  const scenario: ScenarioInput = DEMO_SCENARIOS[name];
  return {
    ...scenario,
    ...others,
    cards: scenario.cards.map((each, index) =>
      index > 0
        ? each
        : { ...each, ...card, ports: each.ports.map((first, fn) => (fn > 0 ? first : { ...first, ...port })) },
    ),
  };
}
