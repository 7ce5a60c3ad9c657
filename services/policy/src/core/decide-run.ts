import type { EndRun } from '@vfleet/contracts/policy/runs';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { z } from 'zod';
import type { StoredVm, StoredVnic } from './vm.ts';

/** What begin or end of a run comes to; `changed` is false when the VM is as it was asked to be. */
export type RunDecision = { ok: false; refusals: Refusal[] } | { ok: true; changed: boolean; vm: StoredVm };

/** Locks a VM for a placement. The VM keeps its revision: what an administrator said of it has not changed. */
export function decideBeginRun(vm: StoredVm, placementId: string): RunDecision {
  if (vm.placementId === placementId) return { ok: true, changed: false, vm };
  if (vm.placementId === null) return { ok: true, changed: true, vm: { ...vm, placementId } };
  const detail = `The virtual machine ${vm.name} runs for the placement ${vm.placementId}.`;
  return { ok: false, refusals: [refusal('VM_IS_RUNNING', detail)] };
}

/** Unlocks a VM and keeps where its guest had its vNICs; a placement that does not run it ends nothing. */
export function decideEndRun(
  vm: StoredVm,
  { placementId, guestPciAddresses = [] }: Pick<z.infer<typeof EndRun.request>, 'placementId' | 'guestPciAddresses'>,
): StoredVm | undefined {
  if (vm.placementId !== placementId) return undefined;
  const addresses = new Map(guestPciAddresses.map(({ vnicId, guestPciAddress }) => [vnicId, guestPciAddress]));
  return { ...vm, placementId: null, nics: vm.nics.map((vnic) => withGuestAddress(vnic, addresses.get(vnic.id))) };
}

/** A vNIC that is kept where its guest had it first. */
export function withGuestAddress(vnic: StoredVnic, address: string | undefined): StoredVnic {
  if (vnic.guestPciAddress !== null || address === undefined) return vnic;
  return { ...vnic, guestPciAddress: address, revision: vnic.revision + 1 };
}
