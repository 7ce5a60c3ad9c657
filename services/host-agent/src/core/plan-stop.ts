import { beginStep, endStep, type OfRun } from './vm-record.ts';
import type { VmLimits, VmSeen, VmStep } from './vm-step.ts';

/**
 * Ends a VM, whatever attempt its domain is of: the attempt is over durably before the guest is asked, so that a start
 * that comes later is refused even when the agent dies here. A domain that is not seen is powered off too: what began to
 * start before may come yet, and is waited for. What failed is tried again when the step comes again.
 */
export function planStop(
  of: OfRun & { force: boolean },
  { record, domain, machineBoot }: VmSeen,
  limits: VmLimits,
): VmStep[] {
  const open = { kind: 'stop', step: of.step, force: of.force } as const;
  const begun = beginStep(record, of, { state: 'over', open, machineBoot });
  const ended = endStep(begun, 'over', { step: of.step, outcome: { result: 'done' } });
  const asked: VmStep[] = of.force || !domain ? [] : [{ kind: 'shut-down', deadlineMs: limits.shutDownMs }];
  return [
    { kind: 'keep-record', record: begun },
    ...asked,
    { kind: 'destroy', deadlineMs: limits.destroyMs },
    { kind: 'keep-record', record: ended },
  ];
}
