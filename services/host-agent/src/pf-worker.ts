import type { PfReport, Settlement, StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { ChangeEnd, Changing } from './change.ts';
import { changeNumVfs, resumeChange } from './change-num-vfs.ts';
import type { Contact } from './contact.ts';
import { decideWanted, type PfActivity } from './core/decide-wanted.ts';
import { explainFailure } from './core/failure-causes.ts';
import type { Journal, Wanted } from './core/journal.ts';
import { unknownPf } from './core/pf-subject.ts';
import { failedSettlement } from './core/settlement.ts';
import { faultOf } from './fault-of.ts';
import { paceOf } from './pace.ts';
import { StateFileError } from './state-files.ts';
import { takeBack } from './take-back.ts';
import type { Cause } from './voice.ts';
import type { Stop } from './walk.ts';

/** How a PF stands with its agent now; `settlement` is the newest one of this process, null while there was none. */
export type PfStanding = {
  changing: PfReport['changing'];
  stuck: StuckChange | null;
  settlement: Settlement | null;
};

/** The one who works on a PF: one change at a time, a newer generation overtaking. */
export type PfWorker = {
  /** Takes a wanted generation in; the work itself goes on after it resolves. */
  wanted(wanted: Wanted, cause: Cause): Promise<void>;
  /** Goes on with what an earlier process of the agent left open, if it did. */
  resume(): void;
  standing(): PfStanding;
  /** Stops after the step that runs; resolves when it has ended. What is unsettled stays in the journal. */
  close(): Promise<void>;
};

/** What a worker needs beside what its changes walk with. */
export type WorkerSurroundings = Omit<Changing, 'address' | 'progress' | 'stopped' | 'shows'> & {
  contact: Pick<Contact, 'isThere' | 'lostForMs'>;
  /** Has the standing told; `confirmed` resolves when the broker has confirmed it. */
  reporting: {
    report(asked: { always: boolean; cause?: Cause | undefined }): void;
    confirmed(cause?: Cause): Promise<void>;
  };
  progress: (
    of: { pciAddress: PciAddress; generation: number; step: string; done: number; total: number },
    cause?: Cause,
  ) => void;
};

const IDLE: PfActivity = { kind: 'idle' };

export function pfWorker(address: PciAddress, around: WorkerSurroundings): PfWorker {
  const { files, clock, log, settings, contact, reporting } = around;
  let activity: PfActivity = IDLE;
  let shown: { journal: Journal; stuck: StuckChange | null } | null = null;
  let settlement: Settlement | null = null;
  let queued: { wanted: Wanted; cause: Cause } | null = null;
  let running: Promise<void> | null = null;
  let deciding = Promise.resolve();
  let isClosing = false;
  let hadContact = false;

  /**
   * Losing contact can be the doing of a change only if there was contact before it: before it, or before the unsettled
   * ones it has overtaken.
   */
  function changing(begun: PfActivity & { kind: 'working' | 'interrupted' }, cause?: Cause): Changing {
    hadContact ||= contact.isThere();
    const generation = begun.on;
    const isTime = paceOf(clock, settings.progressMs);
    activity = begun;
    return {
      ...around,
      address,
      progress: (step, done, total) => {
        if (isTime())
          around.progress({ pciAddress: address, generation: generation.generation, step, done, total }, cause);
      },
      stopped: (): Stop | null => {
        if (isClosing) return 'closing';
        if (queued) return 'overtaken';
        return hadContact && contact.lostForMs() >= settings.contactMs ? 'contact-lost' : null;
      },
      shows: (state) => {
        const wasStuck = shown?.stuck ?? null;
        shown = state;
        activity = state.stuck ? { kind: 'stuck', on: generation } : begun;
        if (wasStuck !== state.stuck) reporting.report({ always: false, cause });
      },
    };
  }

  async function decide(wanted: Wanted, cause: Cause): Promise<void> {
    const kept = activity.kind === 'idle' ? await settled() : null;
    const decision = decideWanted({ wanted, settlement: kept, activity, queued: queued?.wanted ?? null });
    log.info({ pf: address, wanted, activity: activity.kind, decision }, 'a number of virtual functions is wanted');
    switch (decision) {
      case 'ignore':
        return;
      case 'report-again':
        // Inventory wants an open generation again on every report: what is stuck and told already is not told again.
        return reporting.report({ always: activity.kind !== 'stuck', cause });
      case 'follow-when-unstuck':
        queued = { wanted, cause };
        return reporting.report({ always: true, cause });
      case 'start':
      case 'follow':
        queued = { wanted, cause };
        return start(async () => {});
    }
  }

  /** Runs `first`, then whatever is wanted, until nothing is. */
  function start(first: () => Promise<void>): void {
    running ??= runAll(first)
      .catch((error: unknown) => {
        log.error({ err: error, pf: address }, 'the work on a physical function ended in a fault');
        shown = null;
        activity = IDLE;
      })
      .finally(() => {
        running = null;
        if (queued && !isClosing) start(async () => {});
      });
  }

  async function runAll(first: () => Promise<void>): Promise<void> {
    await first();
    for (let next = queued; next && !isClosing; next = queued) {
      queued = null;
      await carryOut(next.wanted, next.cause);
    }
  }

  /** What was settled while a generation waited for its turn is not carried out again. */
  async function carryOut(wanted: Wanted, cause: Cause): Promise<void> {
    const change = changing({ kind: 'working', on: wanted }, cause);
    let end: ChangeEnd;
    try {
      const decision = decideWanted({ wanted, settlement: await settled(), activity: IDLE, queued: null });
      if (decision === 'report-again') {
        activity = IDLE;
        return reporting.report({ always: true, cause });
      }
      end = await changeNumVfs(change, wanted, await files.journal(address));
    } catch (error) {
      log.error({ err: error, pf: address, wanted }, 'a change could not be begun');
      end = failedAtOnce(wanted, error);
    }
    await finish(change, end, cause);
  }

  async function resumeOpen(): Promise<void> {
    while (!isClosing && !queued) {
      try {
        const journal = await files.journal(address);
        if (!journal) return;
        const change = changing({ kind: 'interrupted', on: journal });
        const end = await resumeChange(change, journal, () => contact.lostForMs());
        if (end.kind !== 'waits-for-word') return await finish(change, withoutTakingBack(end));
        shown = null;
        reporting.report({ always: true });
        while (!isClosing && !queued && contact.lostForMs() < settings.contactMs) await clock.sleep(settings.pollMs);
      } catch (error) {
        log.error({ err: error, pf: address }, 'an open change could not be gone on with');
        shown = null;
        activity = IDLE;
        if (error instanceof StateFileError) return reporting.report({ always: false });
        await clock.sleep(settings.retryMs);
      }
    }
  }

  /** An applied generation whose report is not confirmed is taken back when contact stays away: it may have cut it. */
  async function finish(change: Changing, end: ChangeEnd, cause?: Cause): Promise<void> {
    shown = null;
    activity = IDLE;
    if (end.kind !== 'settled') return;
    settlement = end.settlement;
    log.info({ pf: address, settlement }, 'a number of virtual functions is settled');
    if (!end.takeBack) reporting.report({ always: false, cause });
    const stop = end.takeBack && (await confirmedOrStopped(change, cause));
    if (!end.takeBack || stop !== 'contact-lost') {
      hadContact = false;
      return;
    }
    activity = { kind: 'working', on: end.takeBack };
    const failure = explainFailure(
      { kind: 'contact-lost', afterMs: settings.contactMs },
      (await around.host.lookAtPf(address).catch(() => undefined)) ?? unknownPf(address),
    );
    await finish(change, await takeBack(change, end.takeBack, failure), cause);
  }

  async function confirmedOrStopped(change: Changing, cause?: Cause): Promise<Stop | null> {
    let isConfirmed = false;
    const confirmed = reporting.confirmed(cause).then(() => {
      isConfirmed = true;
    });
    for (;;) {
      const timer = new AbortController();
      await Promise.race([confirmed, clock.sleep(settings.pollMs, timer.signal).catch(() => {})]);
      timer.abort();
      const stop = isConfirmed ? null : change.stopped();
      if (isConfirmed || stop) return stop;
    }
  }

  async function settled(): Promise<Settlement | null> {
    return settlement ?? (await files.settlement(address));
  }

  return {
    wanted: (wanted, cause) => {
      deciding = deciding
        .then(() => decide(wanted, cause))
        .catch((error: unknown) => {
          log.error({ err: error, pf: address, wanted }, 'a wanted number could not be judged');
          settlement = failedAtOnce(wanted, error).settlement;
          reporting.report({ always: false, cause });
        });
      return deciding;
    },
    resume: () => start(resumeOpen),
    standing: () => ({
      changing: shown ? { generation: shown.journal.generation, from: shown.journal.from, to: shown.journal.to } : null,
      stuck: shown?.stuck ?? null,
      settlement,
    }),
    close: async () => {
      isClosing = true;
      await running;
    },
  };
}

/** A generation that an earlier process applied stays applied: whether contact was there before it is not known. */
function withoutTakingBack(end: ChangeEnd): ChangeEnd {
  return end.kind === 'settled' ? { ...end, takeBack: null } : end;
}

/** A fault before the generation has an open journal leaves files and PF as they are: it is told, not kept. */
function failedAtOnce(wanted: Wanted, error: unknown): ChangeEnd & { kind: 'settled' } {
  const change = { ...wanted, to: wanted.numOfVfs };
  const failure = explainFailure(faultOf(error), unknownPf(wanted.pciAddress));
  const settlement = failedSettlement(change, failure, { existing: null, hasWritten: false });
  return { kind: 'settled', settlement, takeBack: null };
}
