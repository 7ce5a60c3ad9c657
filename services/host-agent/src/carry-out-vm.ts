import { judgeStep } from './core/judge-step.ts';
import { planAttach } from './core/plan-attach.ts';
import { planDetach } from './core/plan-detach.ts';
import { planMigrate } from './core/plan-migrate.ts';
import { type Planned, planStart } from './core/plan-start.ts';
import { planStop } from './core/plan-stop.ts';
import type { VmFailureSeen } from './core/vm-failures.ts';
import type { VmRecord } from './core/vm-record.ts';
import { type VmSeen, vfInterfaces } from './core/vm-step.ts';
import { executeAll, executeVmPlan } from './execute-vm-plan.ts';
import { faultOf } from './fault-of.ts';
import { lookAtVm } from './look-at-vm.ts';
import { undoAttach, undoStart } from './undo-vm-step.ts';
import { DONE, failedOutcome, keepEnd, type VmEnd, type VmRun, type VmWork } from './vm-run.ts';

type WorkOf<Kind extends VmWork['kind']> = VmWork & { kind: Kind };

/**
 * Carries out one message for a VM: whole, or taken back and told as failed. One that comes again is answered as
 * before. Nothing else works on this VM meanwhile. While its record cannot be read nothing is done at all.
 */
export async function carryOut(work: VmWork, run: VmRun): Promise<VmEnd> {
  const kept = await run.record().catch(faultOf);
  if (kept && 'problem' in kept) return failedOutcome([kept]);
  const judged = judgeStep(kept, work, work.kind === 'stop' ? 'stop' : 'other');
  switch (judged.kind) {
    case 'again':
      return judged.ended.outcome;
    case 'refused':
      return failedOutcome([judged.because]);
    case 'go-on':
      return begin(work, run).catch((error: unknown) => {
        run.log.error({ err: error, vm: run.vm, step: work.step }, 'a step of a virtual machine ended in a fault');
        return fail(work, run, [faultOf(error)]);
      });
  }
}

function begin(work: VmWork, run: VmRun): Promise<VmEnd> {
  switch (work.kind) {
    case 'start':
      return prepared(work, run, {
        plan: (seen) => planStart(work, seen, run.settings),
        undo: () => undoStart(work.interfaces, run),
      });
    case 'attach':
      return prepared(work, run, {
        plan: (seen) => planAttach(work, seen, run.settings),
        undo: () => undoAttached(work, run),
      });
    case 'stop':
      return walked(work, run, (seen) => ({ ok: true, steps: planStop(work, seen, run.settings) }));
    case 'detach':
      return walked(work, run, (seen) => planDetach(work, seen, run.settings));
    case 'migrate':
      return walked(work, run, (seen) => planMigrate(work, seen, run.settings));
  }
}

/** Work that prepares VFs: they are taken for it from the first look to the last step, taking back included. */
async function prepared(
  work: WorkOf<'start' | 'attach'>,
  run: VmRun,
  { plan, undo }: { plan: (seen: VmSeen) => Planned; undo: () => Promise<VmFailureSeen[]> },
): Promise<VmEnd> {
  const vfs = vfInterfaces(work.interfaces).map(({ claim }) => claim.pciAddress);
  if (vfs.length > 0) await run.floor.awaited(run.settings.floorMs);
  return run.holds.hold(vfs, { vm: work.vm.name }, async () => {
    const planned = plan(await lookAtVm(run, { vmId: work.vm.id, record: await run.record(), vfs }));
    if (!planned.ok) {
      return fail(work, run, planned.failures, await executeAll(planned.allTheSame ?? [], run));
    }
    const walk = await executeVmPlan(planned.steps, run);
    switch (walk.kind) {
      case 'done':
        return DONE;
      case 'failed':
        return fail(work, run, walk.failures, await undo());
      case 'stopped':
        return walk.by === 'closing' ? 'left-open' : fail(work, run, [{ kind: 'overtaken' }], await undo());
    }
  });
}

/** What was plugged before stays: the journal names what this step was to plug. */
async function undoAttached({ step }: WorkOf<'attach'>, run: VmRun): Promise<VmFailureSeen[]> {
  const open = (await run.record())?.open;
  return open?.kind === 'attach' && open.step === step ? undoAttach(open.interfaces, run) : [];
}

async function walked(
  work: WorkOf<'stop' | 'detach' | 'migrate'>,
  run: VmRun,
  plan: (seen: VmSeen) => Planned,
): Promise<VmEnd> {
  const planned = plan(await lookAtVm(run, { vmId: work.vm.id, record: await run.record(), vfs: [] }));
  if (!planned.ok) return fail(work, run, planned.failures);
  const walk = await executeVmPlan(planned.steps, run);
  switch (walk.kind) {
    case 'done':
      return DONE;
    case 'failed':
      return fail(work, run, walk.failures);
    case 'stopped':
      return 'left-open';
  }
}

/** A disk that does not take the end costs its durability, not its telling: this process remembers it all the same. */
async function fail(
  work: VmWork,
  run: VmRun,
  failures: readonly VmFailureSeen[],
  left: readonly VmFailureSeen[] = [],
): Promise<VmEnd> {
  const outcome = failedOutcome(failures, left);
  run.log.warn({ vm: run.vm, step: work.step, failures, left }, 'a step of a virtual machine failed');
  await keepEnd(work, stateAfter(work, failures), outcome, run).catch((error: unknown) => {
    run.log.error({ err: error, vm: run.vm, step: work.step }, 'the end of a step could not be kept');
  });
  return outcome;
}

function stateAfter({ kind }: VmWork, failures: readonly VmFailureSeen[]): VmRecord['state'] {
  const isOver = kind === 'start' || kind === 'stop' || failures.some((each) => each.kind === 'lost-on-the-way');
  return isOver ? 'over' : 'running';
}
