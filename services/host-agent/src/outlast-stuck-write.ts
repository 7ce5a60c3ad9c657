import type { StuckChange } from '@vfleet/contracts/vocabulary/host-report';
import { isoNow } from '@vfleet/process/clock';
import { writerEnds } from './await-writer.ts';
import type { Changing } from './change.ts';
import type { Journal } from './core/journal.ts';

/**
 * Waits, however long it takes, for a write that outlived its deadline; meanwhile the PF is shown as stuck. Nothing is
 * written and the file is not read until the writing process ends. Answers the journal with the fact that it was stuck
 * (so a restart of the agent knows it), or null when the agent closes first.
 */
export async function outlastStuckWrite(changing: Changing, journal: Journal): Promise<Journal | null> {
  const { address, host, files, clock, log, settings } = changing;
  const stuck = journal.stuck ?? (await describe(changing, journal));
  const stuckJournal = { ...journal, stuck };
  await files.openJournal(stuckJournal).catch((error: unknown) => {
    log.error({ err: error, pf: address }, 'a stuck change could not be written to its journal');
  });
  log.warn({ pf: address, ...stuck }, 'a write of sriov_numvfs does not end; the physical function is stuck');
  changing.shows({ journal: stuckJournal, stuck });

  const isStopped = () => changing.stopped() === 'closing';
  // A lock that cannot be looked at may be held: the write is taken for running.
  const writerAlive = (pf: string) => host.writerAlive(pf).catch(() => true);
  const hasEnded = await writerEnds({ host: { writerAlive }, clock }, address, {
    limitMs: Number.POSITIVE_INFINITY,
    pollMs: settings.pollMs,
    isStopped,
  });
  if (!hasEnded) return null;
  log.info({ pf: address }, 'the stuck write has ended');
  changing.shows({ journal: stuckJournal, stuck: null });
  return stuckJournal;
}

async function describe({ address, host, clock }: Changing, { from, to }: Journal): Promise<StuckChange> {
  const since = isoNow(clock);
  const holder = await host.holderOf(address).catch(() => 'what holds it could not be found out');
  return { since, from, to, holder };
}
