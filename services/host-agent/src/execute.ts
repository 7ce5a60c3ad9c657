import { stepName } from '@vfleet/contracts/vocabulary/vfs-change';
import { awaitNetdevs } from './await-netdevs.ts';
import { type AwaitedPf, awaitPf } from './await-pf.ts';
import { writerEnds } from './await-writer.ts';
import type { FailureSeen } from './core/failure-causes.ts';
import type { Step } from './core/plan-num-vfs.ts';
import { vfsInUse } from './core/vfs-in-use.ts';
import { faultOf } from './fault-of.ts';
import { fencesOfBoot } from './fences-of-boot.ts';
import type { PfState } from './host.ts';
import { pfMtu } from './pf-mtu.ts';
import { DONE, failed, type StepEnd, type Walk, type Walking } from './walk.ts';

type StepOf<Kind extends Step['kind']> = Step & { kind: Kind };

/**
 * Walks a plan on a PF: one step after the other, until one fails, a write outlives its deadline, or the walk is
 * stopped. A running write is always waited for. Decides nothing; faults of the machine and of the state files become
 * failures of their step.
 */
export async function execute(steps: readonly Step[], walking: Walking): Promise<Walk> {
  let wrote = false;
  for (const step of steps) {
    const stop = walking.stopped();
    if (stop) return { kind: 'stopped', by: stop, wrote };
    const end = await take(step, walking).catch((error) => failed(faultOf(error)));
    if (mayHaveAltered(step, end)) wrote = true;
    if (end.kind !== 'done') return { ...end, wrote };
  }
  return { kind: 'done', wrote };
}

/** An MTU that was being set when the machine failed may be there; a write that is stuck is judged by what is read back. */
function mayHaveAltered(step: Step, end: StepEnd): boolean {
  if (step.kind === 'write') return end.kind === 'done';
  if (step.kind !== 'set-mtu') return false;
  return end.kind === 'done' || (end.kind === 'failed' && end.failure.kind === 'host-fault');
}

async function take(step: Step, walking: Walking): Promise<StepEnd> {
  const { address, host, files } = walking;
  walking.progress(stepName(step), 0, 'count' in step ? step.count : 0);
  switch (step.kind) {
    case 'check-holders':
      return checkHolders(step, walking);
    case 'journal':
      await files.openJournal(step.journal);
      return DONE;
    case 'write':
      return write(step, walking);
    case 'read-back':
      return readBack(step, walking);
    case 'await-no-vfs':
      return awaitNoVfs(step, walking);
    case 'await-vfs':
      return awaitVfs(step, walking);
    case 'await-netdevs':
      return awaitNetdevs(walking, { name: stepName(step), count: step.count, limitMs: step.deadlineMs });
    case 'set-mtu':
      return setMtu(step, walking);
    case 'read-back-mtu': {
      const got = await pfMtu(host, address, { needed: true });
      return got === step.mtu ? DONE : failed({ kind: 'mtu-not-kept', asked: step.mtu, got });
    }
    case 'pf-up':
      await host.setPfUp(address);
      return DONE;
    case 'persist':
      await files.persist(address, step);
      return DONE;
    case 'unpersist':
      await files.unpersist(address);
      return DONE;
    case 'settle':
      await files.settle(address, step.settlement);
      await files.closeJournal(address);
      return DONE;
  }
}

async function checkHolders({ mtuOnly }: StepOf<'check-holders'>, { address, host, files }: Walking): Promise<StepEnd> {
  const pf = await host.lookAtPf(address);
  if (!pf) return failed({ kind: 'pf-missing' });
  const vfs = pf.vfs.map(({ pciAddress }) => pciAddress);
  const fences = await fencesOfBoot({ host, files }, pf.vfs);
  const inUse = vfsInUse(pf.vfs, await host.nicsOf(vfs), fences);
  return inUse.length > 0 ? failed({ kind: 'in-use', mtuOnly, vfs: inUse }) : DONE;
}

async function setMtu({ mtu }: StepOf<'set-mtu'>, { address, host }: Walking): Promise<StepEnd> {
  const outcome = await host.setPfMtu(address, mtu);
  switch (outcome.kind) {
    case 'set':
      return DONE;
    case 'no-netdev':
      return failed({ kind: 'mtu-without-netdev', mtu });
    case 'errno':
      return failed({ kind: 'mtu-errno', errno: outcome.errno, text: outcome.text, mtu });
  }
}

/** Writes, telling meanwhile how many VFs there are. Another writer's lock is waited for, and the write tried once more. */
async function write(step: StepOf<'write'>, walking: Walking): Promise<StepEnd> {
  const { address, host, settings } = walking;
  const ended = new AbortController();
  void tellOfVfs(step, walking, ended.signal);
  try {
    let outcome = await host.writeNumVfs(address, step.count, step.deadlineMs);
    if (outcome.kind === 'locked') {
      if (!(await writerEnds(walking, address, { limitMs: step.deadlineMs, pollMs: settings.pollMs }))) {
        return { kind: 'stuck' };
      }
      outcome = await host.writeNumVfs(address, step.count, step.deadlineMs);
    }
    if (outcome.kind === 'errno') return failed({ kind: 'errno', errno: outcome.errno, writing: step.count });
    return outcome.kind === 'written' ? DONE : { kind: 'stuck' };
  } finally {
    ended.abort();
  }
}

/** Counts links while a write runs: the file itself is being written. A count that fails costs only its telling. */
async function tellOfVfs(step: StepOf<'write'>, walking: Walking, ended: AbortSignal): Promise<void> {
  const { address, host, clock, log, settings } = walking;
  try {
    for (;;) {
      await clock.sleep(settings.progressMs, ended);
      const pf = await host.lookAtPf(address);
      if (ended.aborted) return;
      if (pf) walking.progress(stepName(step), ...progressOf(step.count, pf));
    }
  } catch (error) {
    if (!ended.aborted) log.warn({ err: error, pf: address }, 'the virtual functions could not be counted');
  }
}

async function readBack({ count, deadlineMs }: StepOf<'read-back'>, { address, host }: Walking): Promise<StepEnd> {
  const read = await host.readNumVfs(address, deadlineMs);
  switch (read.kind) {
    case 'errno':
      return failed({ kind: 'read-errno', errno: read.errno });
    case 'unfinished':
      return failed({ kind: 'read-unfinished' });
    case 'value':
      if (read.value === count) return DONE;
      return failed({ kind: read.value < count ? 'fewer-vfs' : 'changed-meanwhile', asked: count, got: read.value });
  }
}

async function awaitNoVfs(step: StepOf<'await-no-vfs'>, walking: Walking): Promise<StepEnd> {
  const awaited = await awaitPf(walking, step.deadlineMs, {
    remaining: (pf) => pf.existing,
    shows: (pf) => walking.progress(stepName(step), ...progressOf(0, pf)),
  });
  return endOf(awaited, (pf) => ({ kind: 'vfs-never-left', left: pf.existing, afterMs: step.deadlineMs }));
}

async function awaitVfs(step: StepOf<'await-vfs'>, walking: Walking): Promise<StepEnd> {
  const { count: asked, deadlineMs: afterMs } = step;
  const awaited = await awaitPf(walking, afterMs, {
    remaining: (pf) => asked - pf.existing,
    shows: (pf) => walking.progress(stepName(step), ...progressOf(asked, pf)),
  });
  return endOf(awaited, (pf) => ({ kind: 'vfs-never-appeared', asked, got: pf.existing, afterMs }));
}

function endOf(awaited: AwaitedPf, late: (pf: PfState) => FailureSeen): StepEnd {
  switch (awaited.kind) {
    case 'reached':
      return DONE;
    case 'late':
      return failed(late(awaited.pf));
    case 'missing':
      return failed({ kind: 'pf-missing' });
    case 'stopped':
      return awaited;
  }
}

/** Done and total: VFs that are there of those wanted, or, on the way to none, how many are left to go. */
function progressOf(count: number, pf: PfState): [done: number, total: number] {
  return count === 0 ? [0, pf.existing] : [Math.min(pf.existing, count), count];
}
