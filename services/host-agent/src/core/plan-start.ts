import { application, brokenPreparations, preparation } from './plan-preparation.ts';
import type { VmFailureSeen } from './vm-failures.ts';
import { beginStep, endStep, type OfRun } from './vm-record.ts';
import type { DomainSpec, VmLimits, VmSeen, VmStep } from './vm-step.ts';

/** What is planned for a VM: steps, or every reason why there are none, and what is done all the same. */
export type Planned =
  | { ok: true; steps: VmStep[] }
  | { ok: false; failures: VmFailureSeen[]; allTheSame?: readonly VmStep[] };

/**
 * Starts a VM whose message was judged: record and fences durably first, then the VFs, then the domain, paused. libvirt
 * sets MAC and VLAN of the VFs itself then, with QoS 0: so all is set and read back again before the guest runs. A
 * domain of this attempt that runs is left running; one of an earlier attempt is ended by a stop, never by a start.
 */
export function planStart(of: OfRun & DomainSpec, seen: VmSeen, limits: VmLimits): Planned {
  const { vm, placementId, attempt, domainXml, numaNode, interfaces } = of;
  const { record, domain, machineBoot } = seen;
  const isBegun = record?.attempt === attempt;
  if (isBegun && domain) {
    return { ok: true, steps: [{ kind: 'keep-record', record: endStep(record, 'running', done(of)) }] };
  }
  if (isBegun) return { ok: false, failures: [{ kind: 'domain-ended', attempt }] };

  const failures = brokenPreparations(vm.id, interfaces, seen);
  if (domain) failures.unshift({ kind: 'domain-of-other-run', attempt: domain.attempt });
  if (failures.length > 0) return { ok: false, failures };
  const begun = beginStep(record, of, {
    state: 'starting',
    open: { kind: 'start', step: of.step, interfaces: [...interfaces] },
    machineBoot,
  });
  return {
    ok: true,
    steps: [
      { kind: 'keep-record', record: begun },
      ...preparation({ vm, interfaces }, seen, limits),
      {
        kind: 'start-paused',
        spec: { vm, placementId, attempt, domainXml, numaNode, interfaces },
        deadlineMs: limits.startMs,
      },
      ...application(interfaces, seen),
      { kind: 'resume', deadlineMs: limits.startMs },
      { kind: 'keep-record', record: endStep(begun, 'running', done(of)) },
    ],
  };
}

function done({ step }: OfRun) {
  return { step, outcome: { result: 'done' } } as const;
}
