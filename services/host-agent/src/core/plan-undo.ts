import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { isOfBoot, type VfBefore } from './vf-fence.ts';
import type { VmFailureSeen } from './vm-failures.ts';
import { type VfStep, type VmLimits, type VmSeen, type VmStep, vfInterfaces } from './vm-step.ts';

/**
 * The first half of taking a start back: no domain is left of it. Planned from what is there and not from what was
 * done, so that it is the same after the agent died anywhere in between.
 */
export function planUndoStart({ destroyMs }: VmLimits): VmStep[] {
  return [{ kind: 'destroy', deadlineMs: destroyMs }];
}

/**
 * The first half of taking an attachment back: all of it is unplugged, also what is not seen. A twin may be there alone,
 * and what took too long to be plugged may come yet.
 */
export function planUndoAttach(interfaces: readonly DomainInterface[], seen: VmSeen, { guestMs }: VmLimits): VmStep[] {
  const vnicIds = interfaces.map(({ vnic }) => vnic.id);
  return seen.domain === null || vnicIds.length === 0
    ? []
    : [{ kind: 'detach', vnicIds, keepTwins: false, deadlineMs: guestMs }];
}

/**
 * The second half: VFs that no domain holds are given back in reverse. A VF that is held still is touched by nobody, and
 * told. Their fences stay as they are: only a cleaning proves anything to others.
 */
export function planGiveBack(
  interfaces: readonly DomainInterface[],
  seen: VmSeen,
  limits: VmLimits,
): { steps: VfStep[]; left: VmFailureSeen[] } {
  const touched = vfInterfaces(interfaces)
    .toReversed()
    .flatMap(({ claim }) => {
      const found = seen.vfs.get(claim.pciAddress);
      const isOurs =
        found?.fence?.fence === claim.fence && !found.fence.cleaned && isOfBoot(found.fence, seen.machineBoot);
      return isOurs && found.fence?.before && found.vf ? [{ ...found, vf: found.vf, before: found.fence.before }] : [];
    });
  return {
    steps: touched.filter(({ heldBy }) => !heldBy).flatMap(({ vf, before }) => giveBack(vf, before, limits)),
    left: touched.flatMap(({ heldBy, vf }) =>
      heldBy ? [{ kind: 'vf-held' as const, vf: vf.pciAddress, by: heldBy.name }] : [],
    ),
  };
}

/**
 * Settings before the driver: a network driver takes the MAC that is set when it is bound, and would keep the guest's.
 */
export function giveBack(
  { pciAddress, pfAddress, driver }: { pciAddress: string; pfAddress: string; driver: string | null },
  before: VfBefore,
  { bindMs }: Pick<VmLimits, 'bindMs'>,
): VfStep[] {
  const vf = { pciAddress, pfAddress };
  const restored: VfStep = { kind: 'restore', vf, before: before.settings };
  const isBound = driver === before.driver || (before.driver === null && driver !== 'vfio-pci');
  if (isBound || before.driver === 'vfio-pci') return [restored];
  return [restored, { kind: 'bind', vf, to: 'network', deadlineMs: bindMs }];
}
