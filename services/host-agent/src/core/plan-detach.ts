import { adoption, brokenRun } from './adoption.ts';
import type { Planned } from './plan-start.ts';
import { beginStep, endStep, type OfRun } from './vm-record.ts';
import type { VmLimits, VmSeen, VmStep } from './vm-step.ts';

/**
 * Unplugs interfaces, side by side, each waited for. Their VFs stay as they are: only a cleaning gives them back. What
 * is not there is done; it is asked for all the same, since its twin may be there alone, as after a move.
 */
export function planDetach(
  of: OfRun & { vnicIds: readonly string[]; keepTwins: boolean },
  seen: VmSeen,
  limits: VmLimits,
): Planned {
  const { record, machineBoot } = seen;
  const { step } = of;
  const broken = brokenRun(of, seen);
  if (broken.length > 0) return { ok: false, failures: broken };
  const { keepTwins } = of;
  const vnicIds = of.vnicIds.filter((id) => !keepTwins || seen.vnicIds.includes(id));
  const begun = beginStep(record, of, { state: 'running', open: { kind: 'detach', step, vnicIds }, machineBoot });
  const detached: VmStep[] =
    vnicIds.length === 0 ? [] : [{ kind: 'detach', vnicIds, keepTwins, deadlineMs: limits.guestMs }];
  return {
    ok: true,
    steps: [
      { kind: 'keep-record', record: begun },
      ...adoption(of, seen),
      ...detached,
      { kind: 'keep-record', record: endStep(begun, 'running', { step, outcome: { result: 'done' } }) },
    ],
  };
}
