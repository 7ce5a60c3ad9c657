import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import type { KeptPf } from './pf-report.ts';

/**
 * What is told of a PF beside a scan, from what was kept of it before the scan began and after it. A scan takes its time:
 * of a change that ended meanwhile it may have seen half, so that change is told as under way, and its end by the report
 * that follows every end. A half-made number beside its settlement would look as if something else had changed it (F13).
 */
export function keptAsScanned(before: KeptPf | undefined, after: KeptPf): KeptPf {
  const ended = after.settlement;
  if (!before || !ended || after.changing || isSame(before.settlement, ended)) return after;
  const under = { generation: ended.generation, from: before.persisted ?? 0, to: ended.wanted };
  return { ...after, settlement: null, changing: before.changing ?? under };
}

/** A generation that was applied and is taken back is settled once more. */
function isSame(known: Settlement | null, { vfsConfigId, generation, outcome }: Settlement): boolean {
  const { result } = outcome;
  return known?.vfsConfigId === vfsConfigId && known.generation === generation && known.outcome.result === result;
}
