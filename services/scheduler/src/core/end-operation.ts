import type { Refusal } from '@vfleet/contracts/refusals';
import type { Placement } from './placement.ts';

/** Operations of a VM that stay readable after their end. */
const KEPT = 32;

/** Ends the open operation, if there is one: failed when it has problems, or gets some here. */
export function endOperation(
  placement: Placement,
  { now, problems = [] }: { now: string; problems?: readonly Refusal[] },
): Placement {
  const { operation, at, ended } = placement;
  if (!operation) return placement;
  const all = [...operation.problems, ...problems];
  const outcome = all.length > 0 ? ('failed' as const) : ('done' as const);
  const end = { ...operation, problems: all, endedAt: now, outcome, host: at?.host ?? null };
  return { ...placement, operation: null, ended: [...ended, end].slice(-KEPT) };
}

/** Says why the open operation will fail when it ends. */
export function addProblems(placement: Placement, problems: readonly Refusal[]): Placement {
  const { operation } = placement;
  if (!operation) return placement;
  return { ...placement, operation: { ...operation, problems: [...operation.problems, ...problems] } };
}

/** Says what did not go as it should, for who reads the operation's end. Said once. */
export function addNote(placement: Placement, note: string): Placement {
  const { operation } = placement;
  if (!operation || operation.notes.includes(note)) return placement;
  return { ...placement, operation: { ...operation, notes: [...operation.notes, note] } };
}
