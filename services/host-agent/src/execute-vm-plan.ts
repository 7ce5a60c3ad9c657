import { pfLanes } from './core/pf-lanes.ts';
import type { GuestWork, VmFailureSeen } from './core/vm-failures.ts';
import type { VmStep } from './core/vm-step.ts';
import { executeVfStep } from './execute-vf-step.ts';
import { faultOf } from './fault-of.ts';
import type { GuestChange } from './guests.ts';
import { endOf, STEP_DONE, type VmWalk, type VmWalking } from './vm-walk.ts';

const LOST: VmFailureSeen = { kind: 'lost-on-the-way' };

type StepOf<Kind extends VmStep['kind']> = VmStep & { kind: Kind };

/**
 * Walks a plan for a VM, PFs side by side (pfLanes), until a step fails or the walk is stopped between two. What runs on
 * other PFs then ends before the walk does: nothing is under way when it answers. Decides nothing; faults of the machine
 * and of the state files become failures of their step.
 */
export async function executeVmPlan(steps: readonly VmStep[], walking: VmWalking): Promise<VmWalk> {
  for (const lanes of pfLanes(steps)) {
    let isOver = false;
    const ends = await Promise.all(
      lanes.map((lane) => walkLane(lane, walking, { isOver: () => isOver, over: () => (isOver = true) })),
    );
    const end = endOfStage(ends);
    if (end.kind !== 'done') return end;
  }
  return STEP_DONE;
}

/** Walks steps that take something back: each is tried, whatever became of the others. Answers all that failed. */
export async function executeAll(steps: readonly VmStep[], walking: VmWalking): Promise<VmFailureSeen[]> {
  const failures: VmFailureSeen[] = [];
  for (const lanes of pfLanes(steps)) {
    const ends = await Promise.all(lanes.map((lane) => takeAll(lane, walking)));
    failures.push(...ends.flat());
  }
  return failures;
}

/** One lane of a stage: it ends early when another one is over, for the whole is. */
async function walkLane(
  lane: readonly VmStep[],
  walking: VmWalking,
  stage: { isOver: () => boolean; over: () => void },
): Promise<VmWalk> {
  for (const step of lane) {
    if (stage.isOver()) return STEP_DONE;
    const by = walking.stopped();
    const end: VmWalk = by ? { kind: 'stopped', by } : await taken(step, walking);
    if (end.kind === 'done') continue;
    stage.over();
    return end;
  }
  return STEP_DONE;
}

async function takeAll(lane: readonly VmStep[], walking: VmWalking): Promise<VmFailureSeen[]> {
  const failures: VmFailureSeen[] = [];
  for (const step of lane) {
    const end = await taken(step, walking);
    if (end.kind === 'failed') failures.push(...end.failures);
  }
  return failures;
}

/** All that failed, side by side; else why it was stopped. */
function endOfStage(ends: readonly VmWalk[]): VmWalk {
  const failures = ends.flatMap((end) => (end.kind === 'failed' ? end.failures : []));
  return failures.length > 0 ? endOf(failures) : (ends.find(({ kind }) => kind === 'stopped') ?? STEP_DONE);
}

function taken(step: VmStep, walking: VmWalking): Promise<VmWalk> {
  return take(step, walking).catch((error) => {
    walking.log.error({ err: error, vm: walking.vm, step: step.kind }, 'a step for a virtual machine ended in a fault');
    return endOf([faultOf(error)]);
  });
}

async function take(step: VmStep, walking: VmWalking): Promise<VmWalk> {
  const { guests, vm } = walking;
  switch (step.kind) {
    case 'keep-record':
      await walking.keepRecord(step.record);
      return STEP_DONE;
    case 'keep-fences':
    case 'check-floor':
    case 'check-pf':
    case 'pf-up':
    case 'apply':
    case 'restore':
    case 'bind':
      return endOf(await executeVfStep(step, walking));
    case 'start-paused':
      return guestEnd('start', await guests.startPaused(step.spec, step.deadlineMs));
    case 'resume':
      return guestEnd('resume', await guests.resume(vm.id, step.deadlineMs));
    case 'shut-down':
      return shutDown(step, walking);
    case 'destroy':
      return destroy(step, walking);
    case 'attach': {
      const { vnic } = step.plugged;
      return guestEnd('attach', await guests.attach(vm.id, step.plugged, step.deadlineMs), vnic.name);
    }
    case 'detach':
      return detach(step, walking);
    case 'migrate':
      return migrate(step, walking);
    case 'adopt':
      await guests.adopt(vm.id, step.of);
      return STEP_DONE;
  }
}

async function shutDown({ deadlineMs }: StepOf<'shut-down'>, { guests, vm, log, hurry }: VmWalking): Promise<VmWalk> {
  const asked = guests.shutDown(vm.id, deadlineMs).then((change) => {
    if (change.kind !== 'done') log.info({ vm, change }, 'the guest did not shut down; it is powered off');
  });
  const hurried = new Promise<void>((resolve) => {
    if (hurry.aborted) resolve();
    hurry.addEventListener('abort', () => resolve(), { once: true });
  });
  asked.catch(() => {});
  await Promise.race([asked, hurried]);
  return STEP_DONE;
}

async function destroy({ deadlineMs }: StepOf<'destroy'>, { guests, vm }: VmWalking): Promise<VmWalk> {
  const end = guestEnd('destroy', await guests.destroy(vm.id, deadlineMs));
  if (end.kind !== 'done') return end;
  const isHere = (await guests.domains()).some(({ vmId }) => vmId === vm.id);
  return isHere ? endOf([{ kind: 'still-here' }]) : STEP_DONE;
}

/** Where the domain is tells how it went when the hypervisor did not say so in time. */
async function migrate({ destination, deadlineMs }: StepOf<'migrate'>, { guests, vm }: VmWalking): Promise<VmWalk> {
  const change = await guests.migrate(vm.id, destination, deadlineMs);
  const isHere = (await guests.domains()).some(({ vmId }) => vmId === vm.id);
  if (change.kind === 'failed') return endOf([guestFailure('migrate', change), ...(isHere ? [] : [LOST])]);
  if (!isHere) return STEP_DONE;
  return endOf([change.kind === 'done' ? { kind: 'still-here' } : guestFailure('migrate', change)]);
}

async function detach(
  { vnicIds, keepTwins, deadlineMs }: StepOf<'detach'>,
  { guests, vm }: VmWalking,
): Promise<VmWalk> {
  const kept = await Promise.all(
    vnicIds.map(async (vnicId) => {
      const change = await guests.detach(vm.id, vnicId, deadlineMs, { keepTwin: keepTwins });
      return change.kind === 'done' ? [] : [{ vnicId, message: messageOf(change) }];
    }),
  );
  const vnics = kept.flat();
  return vnics.length === 0 ? STEP_DONE : endOf([{ kind: 'guest-keeps', vnics }]);
}

function guestEnd(work: GuestWork, change: GuestChange, vnic?: string): VmWalk {
  return change.kind === 'done' ? STEP_DONE : endOf([guestFailure(work, change, vnic)]);
}

function guestFailure(work: GuestWork, change: Exclude<GuestChange, { kind: 'done' }>, vnic?: string): VmFailureSeen {
  const because = change.kind === 'failed' ? change.because : undefined;
  return {
    kind: 'guest',
    work,
    message: messageOf(change),
    ...(vnic === undefined ? {} : { vnic }),
    ...(because === undefined ? {} : { because }),
  };
}

function messageOf(change: Exclude<GuestChange, { kind: 'done' }>): string | null {
  return change.kind === 'failed' ? change.message : null;
}
