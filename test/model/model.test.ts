import { describe, expect, it } from 'vitest';
import { runModel } from './run.ts';

/** Messages come up to 20 seconds late: after whatever they were about has ended. */
const MESSY = { duplicate: 0.15, delay: 0.2, delayUpToMs: 20_000, reorder: 0.1, lose: 0.03, loseReply: 0.05 };
/** `MODEL_SEED` runs one seed again, `MODEL_STEPS` makes runs longer. */
const SEEDS = process.env.MODEL_SEED ? [Number(process.env.MODEL_SEED)] : [1, 2, 3, 4, 5, 6, 7, 8];
const STEPS = Number(process.env.MODEL_STEPS ?? 250);

describe('whatever happens, no VF is held twice, no claim outlives its VM and no answer becomes untrue', () => {
  it.each(SEEDS)('seed %i', { timeout: 600_000 }, async (seed) => {
    const run = await runModel({ seed, hosts: 3, vms: 8, faults: MESSY, steps: STEPS });
    expect(run.wrong, `seed ${seed}: ${JSON.stringify(run)}`).toEqual([]);
    expect(run.told['start done'] ?? 0).toBeGreaterThan(0);
  });

  it('and in a fleet where every message arrives once and in order', { timeout: 600_000 }, async () => {
    const run = await runModel({ seed: 100, hosts: 3, vms: 8, faults: {}, steps: STEPS });
    expect(run.wrong).toEqual([]);
    expect(run.told['start done'] ?? 0).toBeGreaterThan(10);
  });
});
