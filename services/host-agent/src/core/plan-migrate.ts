import { adoption, brokenRun } from './adoption.ts';
import type { Planned } from './plan-start.ts';
import { beginStep, endStep, type OfRun } from './vm-record.ts';
import type { VmLimits, VmSeen } from './vm-step.ts';

/** Moves a domain without VFs to another host. The attempt is over here once the domain is gone. */
export function planMigrate(
  of: OfRun & { destination: { id: string; name: string } },
  seen: VmSeen,
  limits: VmLimits,
): Planned {
  const { record, domain, machineBoot } = seen;
  const { step, destination } = of;
  const plugged = domain?.vfs.map(({ pciAddress }) => pciAddress) ?? [];
  const failures = brokenRun(of, seen);
  if (plugged.length > 0) failures.push({ kind: 'vfs-plugged', vfs: plugged });
  if (failures.length > 0) return { ok: false, failures };
  const begun = beginStep(record, of, { state: 'running', open: { kind: 'migrate', step }, machineBoot });
  return {
    ok: true,
    steps: [
      { kind: 'keep-record', record: begun },
      ...adoption(of, seen),
      { kind: 'migrate', destination, deadlineMs: limits.migrateMs },
      { kind: 'keep-record', record: endStep(begun, 'over', { step, outcome: { result: 'done' } }) },
    ],
  };
}
