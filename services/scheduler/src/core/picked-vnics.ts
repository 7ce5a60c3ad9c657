import type { ResolvedVm } from '@vfleet/contracts/policy/runs';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { VfAssignment } from './assign-vfs.ts';

/** What a vNIC gets on the picked host: a VF and its PF, or null for a bridge or nothing. `degraded`: it preferred a VF. */
export type PickedVnic = { vnic: Named; vf: { pciAddress: PciAddress; pf: Named } | null; degraded: boolean };

/** What each vNIC of a VM gets, in their order; assignments are of those that want a VF. */
export function pickedVnics({ vnics }: Pick<ResolvedVm, 'vnics'>, assignments: readonly VfAssignment[]): PickedVnic[] {
  const assigned = new Map(assignments.map(({ vnic, vf }) => [vnic.id, vf]));
  return vnics.map(({ id, name, needs }) => {
    const vf = assigned.get(id) ?? null;
    return { vnic: { id, name }, vf, degraded: needs === 'vf-or-bridge' && vf === null };
  });
}
