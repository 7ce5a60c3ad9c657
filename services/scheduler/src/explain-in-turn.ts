import { explainFleet, type FleetRejections } from './core/explain-fleet.ts';
import type { HostCapacity } from './core/host-capacity.ts';
import type { VfDemand } from './core/vf-demand.ts';

/** Explains why hosts, as they are when it is called, do not fit a demand. `excluded` as in `explainFleet`. */
export type Explain = (
  hosts: readonly HostCapacity[],
  demand: VfDemand,
  excluded?: ReadonlyMap<string, string>,
) => Promise<FleetRejections>;

/** So few hosts are explained at once: whoever waits for one host waits for no fleet. */
const FEW = 50;

/**
 * Explains one fleet after the other, however many ask at once, and lets everything else have its turn with `pause` every
 * few milliseconds: ten thousand hosts take some hundred.
 */
export function explainInTurn({ pause }: { pause: () => Promise<void> }): Explain {
  let last: Promise<unknown> = Promise.resolve();
  return (hosts, demand, excluded) => {
    const explain = () => walk(explainFleet(hosts, demand, excluded), pause);
    if (hosts.length <= FEW) return explain();
    const mine = last.then(explain);
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function walk<End>(steps: Generator<void, End>, pause: () => Promise<void>): Promise<End> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}
