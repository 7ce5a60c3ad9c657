import type { ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { enterState } from './enter-state.ts';
import type { OnHost, OpenOperation, PlacedVnic, Placement } from './placement.ts';
import { withVnics } from './run-vm.ts';

/** How a vNIC stands in a VM that runs. */
export type Plugged = 'no' | 'wholly' | 'degraded';

/** A vNIC that must have a VF and could not be given one, as after a migration, is not in. */
export function pluggedAs({ at }: Placement, { id, needs }: Pick<ResolvedVnic, 'id' | 'needs'>): Plugged {
  const placed = at?.vnics.find(({ vnic }) => vnic.id === id);
  if (!placed || (needs === 'vf' && !placed.vf)) return 'no';
  return placed.degraded ? 'degraded' : 'wholly';
}

/** The vNIC of a VM that was resolved for it alone. */
export function onlyVnic({ name, vnics }: ResolvedVm): ResolvedVnic {
  const [vnic] = vnics;
  if (!vnic) throw new Error(`no vNIC of ${name} was resolved`);
  return vnic;
}

/** The intent to plug a vNIC, with the claim it will ask for. */
export function beginPlug(
  placement: Placement,
  { operation, resolved, on, now }: { operation: OpenOperation; resolved: ResolvedVm; on: OnHost; now: string },
): Placement {
  const [plug = null] = on.vnics;
  const vm = placement.vm && withVnics(placement.vm, resolved.vnics);
  const state = operation.kind === 'upgrade' ? 'detaching-degraded' : 'plugging';
  return enterState(placement, state, { now, operation, plug, vm });
}

/** The intent to unplug a vNIC that is in. */
export function beginUnplug(
  placement: Placement,
  { operation, vnicId, now }: { operation: OpenOperation; vnicId: string; now: string },
): Placement {
  return enterState(placement, 'unplugging', { now, operation, plug: placedOf(placement, vnicId) });
}

/** An upgrade is for a vNIC that runs on a bridge for want of a VF. */
export function refuseUpgrade(placement: Placement, vnic: ResolvedVnic, vmName: string): Refusal[] {
  const how = pluggedAs(placement, vnic);
  if (how === 'degraded') return [];
  const why = how === 'no' ? 'is not plugged in' : 'has what it asks for';
  return [refusal('VNIC_IS_NOT_DEGRADED', `${vnic.name} of ${vmName} ${why}.`)];
}

function placedOf({ at, vmName }: Placement, vnicId: string): PlacedVnic {
  const placed = at?.vnics.find(({ vnic }) => vnic.id === vnicId);
  if (!placed) throw new Error(`vNIC ${vnicId} of VM ${vmName} is not plugged in`);
  return placed;
}
