import type { DomainInterface } from '@vfleet/contracts/vocabulary/domain';
import { planGiveBack, planUndoAttach, planUndoStart } from './core/plan-undo.ts';
import type { VmFailureSeen } from './core/vm-failures.ts';
import { vfInterfaces } from './core/vm-step.ts';
import { executeAll } from './execute-vm-plan.ts';
import { faultOf } from './fault-of.ts';
import { lookAtVm } from './look-at-vm.ts';
import type { VmRun } from './vm-run.ts';

/** Leaves nothing of a start but fences. Answers what could not be taken back. */
export async function undoStart(interfaces: readonly DomainInterface[], run: VmRun): Promise<VmFailureSeen[]> {
  const left = await executeAll(planUndoStart(run.settings), run);
  return [...left, ...(await giveBack(interfaces, run))];
}

/** Unplugs what of an attachment is plugged, and gives its VFs back. Answers what could not be taken back. */
export async function undoAttach(interfaces: readonly DomainInterface[], run: VmRun): Promise<VmFailureSeen[]> {
  try {
    const seen = await look(interfaces, run);
    const left = await executeAll(planUndoAttach(interfaces, seen, run.settings), run);
    return [...left, ...(await giveBack(interfaces, run))];
  } catch (error) {
    return [faultOf(error)];
  }
}

async function giveBack(interfaces: readonly DomainInterface[], run: VmRun): Promise<VmFailureSeen[]> {
  try {
    const { steps, left } = planGiveBack(interfaces, await look(interfaces, run), run.settings);
    return [...left, ...(await executeAll(steps, run))];
  } catch (error) {
    return [faultOf(error)];
  }
}

async function look(interfaces: readonly DomainInterface[], run: VmRun) {
  const vfs = vfInterfaces(interfaces).map(({ claim }) => claim.pciAddress);
  return lookAtVm(run, { vmId: run.vm.id, record: await run.record(), vfs });
}
