import { isoNow } from '@vfleet/process/clock';
import { writerEnds } from './await-writer.ts';
import { type ChangeEnd, type Changing, plannedPf } from './change.ts';
import { deadlineMs } from './core/deadline.ts';
import { explainFailure, type FailureSeen, withWayBack } from './core/failure-causes.ts';
import { beginJournal, type Journal, type Wanted } from './core/journal.ts';
import { unknownPf } from './core/pf-subject.ts';
import { missingMtu, planFinish, planNumVfs } from './core/plan-num-vfs.ts';
import { resumeJournal } from './core/resume-journal.ts';
import { appliedSettlement } from './core/settlement.ts';
import { execute } from './execute.ts';
import { faultOf } from './fault-of.ts';
import type { PfState } from './host.ts';
import { outlastStuckWrite } from './outlast-stuck-write.ts';
import { pfMtu } from './pf-mtu.ts';
import { settleFailed } from './settle-failed.ts';
import { takeBack } from './take-back.ts';
import type { Walk } from './walk.ts';

/**
 * Carries a wanted generation out on its PF and settles it, once. `open` is the journal of an unsettled change that
 * this one overtakes or goes on with. What fails once a journal of this generation is open ends as a failure with cause
 * and remedy, taken back; a fault before that (the PF cannot be looked at, a state file cannot be read) throws.
 */
export async function changeNumVfs(changing: Changing, wanted: Wanted, open: Journal | null): Promise<ChangeEnd> {
  try {
    return await begin(changing, wanted, open);
  } catch (error) {
    const journal = await changing.files.journal(changing.address);
    if (journal?.vfsConfigId !== wanted.vfsConfigId || journal.generation !== wanted.generation) throw error;
    return fail({ changing, journal, pf: null, isAltered: true }, faultOf(error));
  }
}

/**
 * Goes on with what an earlier process of the agent left open, as its journal, the writer's lock and the PF tell.
 * `silentForMs` answers how long there has been no contact. A fault throws, as above.
 */
export async function resumeChange(changing: Changing, open: Journal, silentForMs: () => number): Promise<ChangeEnd> {
  const { address, host } = changing;
  let journal = open;
  if (await host.writerAlive(address)) {
    changing.shows({ journal, stuck: open.stuck });
    const outlasted = await outlastWriter(changing, journal, await host.lookAtPf(address));
    if (!outlasted) return { kind: 'left-open', by: 'closing' };
    journal = outlasted;
  }
  const pf = (await host.lookAtPf(address)) ?? null;
  return goOn({ changing, journal, pf, isAltered: true }, silentForMs());
}

/** A change under way. `isAltered`: an earlier walk of it, or of one it follows, may have changed the PF. */
type Change = { changing: Changing; journal: Journal; pf: PfState | null; isAltered: boolean };

async function begin(changing: Changing, wanted: Wanted, open: Journal | null): Promise<ChangeEnd> {
  const { address, host, files, clock } = changing;
  const pf = await host.lookAtPf(address);
  if (!pf) {
    const { vfsConfigId, generation, numOfVfs: to, mtu } = wanted;
    const failure = explainFailure({ kind: 'pf-missing' }, unknownPf(address));
    const change = { vfsConfigId, generation, to, mtu };
    return settleFailed(changing, change, failure, { existing: null, hasWritten: false });
  }
  const persisted = await files.persisted(address);
  const mtu = await pfMtu(host, address, { needed: wanted.mtu !== null || open?.mtuBefore != null });
  const journal = beginJournal({ wanted, found: { ...pf, mtu }, persisted, open, startedAt: isoNow(clock) });
  changing.shows({ journal, stuck: null });
  // Another process may be writing still: an earlier agent's, or a restore's. The PF is looked at anew after it.
  if (await host.writerAlive(address)) {
    const outlasted = await outlastWriter(changing, journal, pf);
    return outlasted ? begin(changing, wanted, open) : { kind: 'left-open', by: 'closing' };
  }
  const hasAltered = pf.existing !== journal.foundBefore || mtu !== journal.mtuBefore;
  const change: Change = { changing, journal, pf, isAltered: open !== null && hasAltered };
  const { onlyIfExisting } = wanted;
  const planned = planNumVfs(plannedPf(pf, mtu), { journal, open, onlyIfExisting }, deadlines(changing));
  if (!planned.ok) return fail(change, planned.failure);
  return conclude(change, await execute(planned.steps, changing));
}

async function conclude(change: Change, walk: Walk): Promise<ChangeEnd> {
  const { changing, journal } = change;
  const isAltered = change.isAltered || walk.wrote;
  switch (walk.kind) {
    case 'done':
      return { kind: 'settled', settlement: appliedSettlement(journal), takeBack: isAltered ? journal : null };
    case 'failed':
      return fail({ ...change, isAltered }, walk.failure);
    case 'stuck': {
      const outlasted = await outlastStuckWrite(changing, journal);
      if (!outlasted) return { kind: 'left-open', by: 'closing' };
      if (changing.stopped() === 'overtaken') return { kind: 'left-open', by: 'overtaken' };
      const late = { ...change, journal: outlasted, isAltered: true };
      return goOn(late, 0).catch((error: unknown) => fail(late, faultOf(error)));
    }
    case 'stopped':
      if (walk.by !== 'contact-lost') return { kind: 'left-open', by: walk.by };
      return fail({ ...change, isAltered }, { kind: 'contact-lost', afterMs: changing.settings.contactMs });
  }
}

/** Decides by what the PF holds what becomes of a change that was cut off; no writer is alive. */
async function goOn(change: Change, silentForMs: number): Promise<ChangeEnd> {
  const { changing, journal } = change;
  const { address, host, files, settings } = changing;
  const settlement = await files.settlement(address);
  const read = await host.readNumVfs(address, deadlineMs({ driver: null, vfs: 0, overrideMs: null }));
  const holds = read.kind === 'value' ? read.value : null;
  const mtu = await pfMtu(host, address, { needed: journal.mtu !== null });
  const hasMtu = missingMtu({ mtu }, journal) === null;
  const decision = resumeJournal({ journal, settlement, holds, hasMtu, silentForMs, contactMs: settings.contactMs });
  switch (decision.action) {
    case 'close':
      await files.closeJournal(address);
      return { kind: 'settled', settlement: settlement ?? appliedSettlement(journal), takeBack: null };
    case 'wait-for-word':
      return { kind: 'waits-for-word' };
    case 'fall-back':
      return fail(change, decision.failure);
    case 'settle-applied': {
      const pf = await host.lookAtPf(address);
      if (!pf) return fail(change, { kind: 'pf-missing' });
      const steps = planFinish(plannedPf(pf, mtu), journal, deadlines(changing));
      return conclude({ ...change, pf }, await execute(steps, changing));
    }
  }
}

/** Ends a change that failed: taken back when the PF may have been altered, else settled as it is. */
async function fail(change: Change, seen: FailureSeen | null): Promise<ChangeEnd> {
  const { changing, journal } = change;
  const { address, host, log } = changing;
  const subject = change.pf ?? unknownPf(address);
  const failure = seen === null ? (journal.fallingBack ?? unexplained()) : explainFailure(seen, subject);
  log.warn({ pf: address, generation: journal.generation, failure }, 'the number of virtual functions was not changed');
  const existing = (await host.lookAtPf(address).catch(() => undefined))?.existing ?? null;
  // A read that does not end means that somebody is at the file: a write would hang there too.
  if (change.isAltered && seen?.kind === 'read-unfinished') {
    const told = withWayBack(failure, { kind: 'not-tried', lastKnownGood: journal.lastKnownGood, existing });
    return settleFailed(changing, journal, told, { existing, hasWritten: true });
  }
  if (change.isAltered) return takeBack(changing, journal, failure);
  const told = existing === null ? failure : withWayBack(failure, { kind: 'not-needed', existing });
  return settleFailed(changing, journal, told, { existing, hasWritten: false });
}

/** Waits for a live writer for the time its driver may take, and then as for a stuck one. Null when the agent closes. */
async function outlastWriter(changing: Changing, journal: Journal, pf: PfState | undefined): Promise<Journal | null> {
  const { address, settings } = changing;
  const vfs = Math.max(journal.from, journal.to);
  const limitMs = journal.stuck
    ? 0
    : deadlineMs({ driver: pf?.driver ?? null, vfs, overrideMs: settings.writeDeadlineMs });
  const isStopped = () => changing.stopped() === 'closing';
  if (await writerEnds(changing, address, { limitMs, pollMs: settings.pollMs, isStopped })) return journal;
  return outlastStuckWrite(changing, journal);
}

function deadlines({ settings }: Changing): { overrideMs: number | null } {
  return { overrideMs: settings.writeDeadlineMs };
}

function unexplained(): never {
  throw new Error('a journal is taken back without a failure');
}
