import { z } from 'zod';
import { ChangeFailure } from './vocabulary/host-report.ts';

/** How many settlements are remembered, so that a waiter that reads late still learns how its generation ended. */
const REMEMBERED_SETTLEMENTS = 8;

const SettlementRecord = z.object({
  generation: z.int().positive(),
  result: z.enum(['applied', 'refused', 'failed']),
  failure: ChangeFailure.nullable(),
  existing: z.int().nonnegative().nullable(),
  at: z.string(),
});
export type SettlementRecord = z.infer<typeof SettlementRecord>;

/**
 * Desired state with a generation that is settled once (docs/architecture.md, the third mechanism).
 * `generation` 0 means nothing was ever wanted. Everything up to `settled` has ended: applied, refused, failed or
 * overtaken. `settlements` are the ones the other side reported, oldest first.
 */
export function desiredStateOf<Want extends z.ZodType>(want: Want) {
  return z.object({
    generation: z.int().nonnegative(),
    settled: z.int().nonnegative(),
    want: want.nullable(),
    settlements: z.array(SettlementRecord),
  });
}
export type DesiredState<Want> = {
  generation: number;
  settled: number;
  want: Want | null;
  settlements: SettlementRecord[];
};

/** How one generation ended, or that it has not. */
export type GenerationEnd =
  | { state: 'open' }
  | { state: 'superseded'; by: number }
  | { state: 'settled'; settlement: SettlementRecord };

export function nothingWanted<Want>(): DesiredState<Want> {
  return { generation: 0, settled: 0, want: null, settlements: [] };
}

export function isOpen(desired: DesiredState<unknown>): boolean {
  return desired.generation > desired.settled;
}

/** The newest settlement, when it is of the newest generation. */
export function lastSettlement(desired: DesiredState<unknown>): SettlementRecord | undefined {
  return desired.settlements.findLast(({ generation }) => generation === desired.generation);
}

/** Wants something new: the next generation, overtaking an open one. */
export function wantNext<Want>(desired: DesiredState<Want>, want: Want): DesiredState<Want> {
  return { ...desired, generation: desired.generation + 1, want };
}

/**
 * Takes a settlement in. One that is already known, or that a newer one has followed, changes nothing (facts arrive
 * twice and in any order). One above the newest generation was made under a ledger that is lost: the next generation
 * comes after it.
 */
export function settle<Want>(desired: DesiredState<Want>, settlement: SettlementRecord): DesiredState<Want> {
  if (settlement.generation <= desired.settled) return desired;
  return {
    ...desired,
    generation: Math.max(desired.generation, settlement.generation),
    settled: settlement.generation,
    settlements: [...desired.settlements, settlement].slice(-REMEMBERED_SETTLEMENTS),
  };
}

/** Whether a settlement ends the newest wanted generation; only then does what waited with it take effect. */
export function endsNewest(desired: DesiredState<unknown>, generation: number): boolean {
  return isOpen(desired) && generation === desired.generation;
}

/** How generation `generation` ended. One that was never settled but passed over was superseded. */
export function endOf(desired: DesiredState<unknown>, generation: number): GenerationEnd {
  const settlement = desired.settlements.findLast((known) => known.generation === generation);
  if (settlement) return { state: 'settled', settlement };
  if (desired.generation > generation) return { state: 'superseded', by: desired.generation };
  return { state: 'open' };
}
