import { isPlugged } from './core/plan-attach.ts';
import { application } from './core/plan-preparation.ts';
import { planStop } from './core/plan-stop.ts';
import type { VmFailureSeen } from './core/vm-failures.ts';
import { endStep, type OpenStep, type StepOutcome, type VmRecord } from './core/vm-record.ts';
import { type VmSeen, vfInterfaces } from './core/vm-step.ts';
import { executeVmPlan } from './execute-vm-plan.ts';
import { lookAtVm } from './look-at-vm.ts';
import { undoAttach, undoStart } from './undo-vm-step.ts';
import { DONE, failedOutcome, type VmEnd, type VmRun } from './vm-run.ts';

/**
 * Ends what an earlier process of the agent left open for a VM, and answers how; null when nothing was. A start is
 * undone, a stop finished, anything else is as the domain shows it. After a boot of the machine nothing of the VM runs.
 * Throws while the hypervisor does not tell.
 */
export async function recoverVm(run: VmRun): Promise<{ record: VmRecord; outcome: VmEnd | null } | null> {
  const record = await run.record();
  if (!record) return null;
  const { open } = record;
  const machineBoot = await run.host.bootId();
  if (record.machineBoot !== machineBoot) {
    if (record.state === 'over' && !open) return null;
    const outcome: StepOutcome = open?.kind === 'stop' ? DONE : failedOutcome([{ kind: 'rebooted' }]);
    await run.keepRecord(endStep({ ...record, machineBoot }, 'over', open ? { step: open.step, outcome } : null));
    return { record, outcome: open ? outcome : null };
  }
  if (!open) return null;
  const vfs = 'interfaces' in open ? vfInterfaces(open.interfaces).map(({ claim }) => claim.pciAddress) : [];
  return run.holds.hold(vfs, { vm: record.vm.name }, async () => {
    const seen = await lookAtVm(run, { vmId: record.vm.id, record, vfs });
    return { record, outcome: await end(record, open, seen, run) };
  });
}

async function end(record: VmRecord, open: OpenStep, seen: VmSeen, run: VmRun): Promise<VmEnd> {
  const keep = async (state: VmRecord['state'], outcome: StepOutcome) => {
    await run.keepRecord(endStep(record, state, { step: open.step, outcome }));
    return outcome;
  };
  const interrupted = (left: readonly VmFailureSeen[] = []) => failedOutcome([{ kind: 'interrupted' }], left);
  switch (open.kind) {
    case 'start':
      return keep('over', interrupted(await undoStart(open.interfaces, run)));
    case 'stop': {
      const { attempt, placementId, vm } = record;
      const of = { step: open.step, placementId, attempt, vm, force: open.force };
      const walk = await executeVmPlan(planStop(of, seen, run.settings), run);
      if (walk.kind === 'stopped') return 'left-open';
      if (walk.kind === 'done') return DONE;
      await run.keepRecord(endStep(record, 'over', null));
      return failedOutcome(walk.failures);
    }
    case 'attach': {
      const isWhole = open.interfaces.every((each) => isPlugged(each, seen));
      if (!isWhole) return keep('running', interrupted(await undoAttach(open.interfaces, run)));
      const walk = await executeVmPlan(application(open.interfaces, seen), run);
      if (walk.kind === 'done') return keep('running', DONE);
      return keep('running', interrupted(await undoAttach(open.interfaces, run)));
    }
    case 'detach': {
      const kept = open.vnicIds.filter((id) => seen.vnicIds.includes(id));
      const vnics = kept.map((vnicId) => ({ vnicId, message: null }));
      return keep('running', kept.length === 0 ? DONE : failedOutcome([{ kind: 'guest-keeps', vnics }]));
    }
    case 'migrate':
      return (await staysHere(run)) ? keep('running', interrupted()) : keep('over', DONE);
  }
}

/**
 * Where a domain is counts only when it is not moving: what is told as failed would be moved away afterwards. A move that
 * cannot be called off is not waited for any longer than by who begins one: a stop may be waiting.
 */
async function staysHere({ guests, vm, settings, log }: VmRun): Promise<boolean> {
  const change = await guests.callOff(vm.id, settings.guestMs);
  if (change.kind === 'failed') {
    throw new Error(`the migration of ${vm.name} that was begun before could not be called off: ${change.message}`);
  }
  if (change.kind === 'unfinished')
    log.warn({ vm }, 'a migration that was begun before could not be called off in time');
  return (await guests.domains()).some(({ vmId }) => vmId === vm.id);
}
