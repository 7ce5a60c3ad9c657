import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { adoption, brokenRun } from './adoption.ts';
import { application, brokenPreparations, preparation } from './plan-preparation.ts';
import type { Planned } from './plan-start.ts';
import type { VmFailureSeen } from './vm-failures.ts';
import { beginStep, endStep, type OfRun } from './vm-record.ts';
import type { VmLimits, VmSeen, VmStep } from './vm-step.ts';

/**
 * Plugs interfaces into a domain that runs. A domain that came from another host is taken over first, also when nothing
 * can be plugged: with the attempt of its former host it would not count as the VM that is here. Interfaces that
 * are there are left as they are; the VFs of the others are set again after libvirt plugged them, since it sets MAC and
 * VLAN itself, with QoS 0.
 */
export function planAttach(
  of: OfRun & { interfaces: readonly DomainInterface[] },
  seen: VmSeen,
  limits: VmLimits,
): Planned {
  const { record, machineBoot } = seen;
  const { step, vm } = of;
  const broken = brokenRun(of, seen);
  if (broken.length > 0) return { ok: false, failures: broken };
  const missing = of.interfaces.filter((each) => !isPlugged(each, seen));
  const failures = [
    ...missing.flatMap((each) => pluggedOtherwise(each, seen)),
    ...brokenPreparations(vm.id, missing, seen),
  ];
  if (failures.length > 0) return { ok: false, failures, allTheSame: adoption(of, seen) };

  const open = { kind: 'attach' as const, step, interfaces: missing };
  const begun = beginStep(record, of, { state: 'running', open, machineBoot });
  return {
    ok: true,
    steps: [
      { kind: 'keep-record', record: begun },
      ...adoption(of, seen),
      ...preparation({ vm, interfaces: missing }, seen, limits),
      ...missing.map((plugged): VmStep => ({ kind: 'attach', plugged, deadlineMs: limits.guestMs })),
      ...application(missing, seen),
      { kind: 'keep-record', record: endStep(begun, 'running', { step, outcome: { result: 'done' } }) },
    ],
  };
}

/** Whether a domain has an interface: on the very VF when it is one's. */
export function isPlugged(plugged: DomainInterface, { domain, vnicIds }: VmSeen): boolean {
  const vf = vfOf(plugged.vnic.id, domain);
  if (plugged.kind === 'vf') return vf === plugged.claim.pciAddress;
  return vf === null && vnicIds.includes(plugged.vnic.id);
}

/** A vNIC that is there in another form is unplugged first: taking a failed attachment back must not unplug it. */
function pluggedOtherwise({ vnic }: DomainInterface, { domain, vnicIds }: VmSeen): VmFailureSeen[] {
  if (!vnicIds.includes(vnic.id)) return [];
  return [{ kind: 'plugged-otherwise', vnic: vnic.name, vf: vfOf(vnic.id, domain) }];
}

function vfOf(vnicId: string, domain: VmSeen['domain']): string | null {
  return domain?.vfs.find((each) => each.vnicId === vnicId)?.pciAddress ?? null;
}
