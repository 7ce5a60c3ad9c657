import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import { type ChangeEnd, type Changing, plannedPf } from './change.ts';
import { explainFailure, type FailureSeen, type WayBack, withWayBack } from './core/failure-causes.ts';
import type { Journal } from './core/journal.ts';
import { type PfSubject, unknownPf } from './core/pf-subject.ts';
import { planFallback } from './core/plan-num-vfs.ts';
import { execute } from './execute.ts';
import { faultOf } from './fault-of.ts';
import { outlastStuckWrite } from './outlast-stuck-write.ts';
import { pfMtu } from './pf-mtu.ts';
import { settleFailed } from './settle-failed.ts';

/**
 * Takes a change back: writes the last known good number again, gives the PF its earlier MTU, and settles the
 * generation as failed, with the outcome of the way back told too. The journal says so first, so that a crash in between goes on with it. The way back is
 * tried once and is not stopped by anything but the end of the agent.
 */
export async function takeBack(changing: Changing, journal: Journal, failure: ChangeFailure): Promise<ChangeEnd> {
  const { address, host, files, log } = changing;
  const returning: Journal = { ...journal, fallingBack: failure, stuck: null };
  await files.openJournal(returning).catch((error: unknown) => {
    log.error({ err: error, pf: address }, 'the way back could not be written to the journal');
  });
  changing.shows({ journal: returning, stuck: null });

  const wayBack = await walkBack(changing, returning);
  if (wayBack === 'closing') return { kind: 'left-open', by: 'closing' };
  const existing = (await host.lookAtPf(address).catch(() => undefined))?.existing ?? null;
  return settleFailed(changing, journal, withWayBack(failure, wayBack(existing)), { existing, hasWritten: true });
}

async function walkBack(
  changing: Changing,
  journal: Journal,
): Promise<'closing' | ((existing: number | null) => WayBack)> {
  const { address, host, files, settings } = changing;
  const { lastKnownGood } = journal;
  const failed =
    (seen: FailureSeen, pf: PfSubject) =>
    (existing: number | null): WayBack => ({
      kind: 'failed',
      lastKnownGood,
      failure: explainFailure(seen, pf),
      existing,
    });

  try {
    const pf = await host.lookAtPf(address);
    if (!pf) return failed({ kind: 'pf-missing' }, unknownPf(address));
    const persisted = await files.persisted(address);
    const planned = plannedPf(pf, await pfMtu(host, address, { needed: journal.mtuBefore !== null }));
    const steps = planFallback(planned, journal, persisted, { overrideMs: settings.writeDeadlineMs });
    const mtu = steps.find((step) => step.kind === 'set-mtu')?.mtu ?? null;
    const walk = await execute(steps, {
      ...changing,
      stopped: () => (changing.stopped() === 'closing' ? 'closing' : null),
    });
    switch (walk.kind) {
      case 'done':
        return () => ({ kind: pf.existing === lastKnownGood ? 'holds' : 'restored', lastKnownGood, mtu });
      case 'failed':
        return failed(walk.failure, pf);
      case 'stopped':
        return 'closing';
      case 'stuck': {
        const outlasted = await outlastStuckWrite(changing, journal);
        if (!outlasted?.stuck) return 'closing';
        const { since, holder } = outlasted.stuck;
        return (existing) =>
          existing === lastKnownGood
            ? { kind: 'restored', lastKnownGood, mtu }
            : failed({ kind: 'stuck', since, holder }, pf)(existing);
      }
    }
  } catch (error) {
    return failed(faultOf(error), unknownPf(address));
  }
}
