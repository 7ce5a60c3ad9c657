import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { StoredVm } from './vm.ts';

/** What begin or end of a run comes to; `changed` is false when the VM is as it was asked to be. */
export type RunDecision = { ok: false; refusals: Refusal[] } | { ok: true; changed: boolean; vm: StoredVm };

/** Locks a VM for a placement. The VM keeps its revision: what an administrator said of it has not changed. */
export function decideBeginRun(vm: StoredVm, placementId: string): RunDecision {
  if (vm.placementId === placementId) return { ok: true, changed: false, vm };
  if (vm.placementId === null) return { ok: true, changed: true, vm: { ...vm, placementId } };
  const detail = `The virtual machine ${vm.name} runs for the placement ${vm.placementId}.`;
  return { ok: false, refusals: [refusal('VM_IS_RUNNING', detail)] };
}

/** Unlocks a VM; a placement that does not run it ends nothing. */
export function decideEndRun(vm: StoredVm, placementId: string): StoredVm | undefined {
  return vm.placementId === placementId ? { ...vm, placementId: null } : undefined;
}
