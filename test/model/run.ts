import { type Happening, type Happens, happensIn } from './happenings.ts';
import { historyOf } from './history.ts';
import { remains } from './settled.ts';
import { makeWorld, type Size, within } from './world.ts';

/** How a run went: what happened how often, what clients were told, and what was wrong in the end. */
export type Run = {
  happened: Record<string, number>;
  told: Record<string, number>;
  wrong: string[];
  virtualMs: number;
};

const PAUSE_UP_TO_MS = 1_500;
/** Time for every deadline, inquiry and repetition to have its turn after the last thing has happened. */
const SETTLES_WITHIN_MS = 900_000;
const LOOK_EVERY_MS = 30_000;

/**
 * Lets `steps` random things happen to a fleet, many at once, and then lets it settle. Throws at the first instant at
 * which something is so that must never be so. The same size, seed and steps make the same run.
 */
export async function runModel(size: Size & { steps: number; without?: readonly Happening[] }): Promise<Run> {
  const world = await makeWorld(size);
  const ending = new AbortController();
  try {
    const history = historyOf(world.vms);
    const begun = world.clock.now();
    const happened: Record<string, number> = {};
    const happens: Happens = happensIn(world, history, { signal: ending.signal, without: size.without });
    for (let step = 0; step < size.steps; step++) {
      const what = happens.next();
      happened[what] = (happened[what] ?? 0) + 1;
      await world.pass(world.random.below(PAUSE_UP_TO_MS));
    }
    await within(world, happens.ended(), SETTLES_WITHIN_MS).catch(async (problem: unknown) => {
      const standing = (await world.placements()).map(
        ({ vmId, state, operation }) => `${vmId} ${state} ${operation?.kind ?? ''}`,
      );
      const dead = world.services.filter((each) => !each.isAlive()).map(({ name }) => name);
      throw new Error(
        `seed ${size.seed}: still open: ${happens.open().join(', ')}; placements: ${standing.join(', ')}; dead: ${dead.join(', ')}`,
        { cause: problem },
      );
    });
    let wrong = await remains(world, history);
    const end = world.clock.now() + SETTLES_WITHIN_MS;
    while (wrong.length > 0 && world.clock.now() < end) {
      await world.pass(LOOK_EVERY_MS);
      wrong = await remains(world, history);
    }
    return { happened, told: history.counts(), wrong, virtualMs: world.clock.now() - begun };
  } finally {
    ending.abort();
    await world.close();
  }
}
