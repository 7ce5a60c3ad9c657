import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { AtomicFiles } from './atomic-files.ts';
import { writerEnds } from './await-writer.ts';
import { plannedPf } from './change.ts';
import { explainFailure, type FailureSeen, withWayBack } from './core/failure-causes.ts';
import type { Persisted } from './core/journal.ts';
import { unknownPf } from './core/pf-subject.ts';
import type { RestoredPf } from './core/restore-message.ts';
import { decideRestore, isReadyToRestore, writerLimitMs } from './core/restore-plan.ts';
import { failedSettlement } from './core/settlement.ts';
import { execute } from './execute.ts';
import { faultOf } from './fault-of.ts';
import type { Host, PfState } from './host.ts';
import { pfMtu } from './pf-mtu.ts';
import type { HostAgentSettings } from './settings.ts';
import { type StateFiles, stateFiles } from './state-files.ts';

/** How long a PF is waited for at boot, with its driver, in milliseconds. */
export const RESTORE_WAIT_MS = 60_000;

/** What a restore works with; `waitMs` bounds the wait for each PF and its driver. */
export type RestoreSurroundings = {
  host: Host;
  files: AtomicFiles;
  clock: Clock;
  log: Log;
  waitMs?: number;
  settings: Pick<HostAgentSettings, 'pollMs' | 'progressMs' | 'rebindMs' | 'writeDeadlineMs'>;
};

/**
 * Restores the persisted number of VFs of every PF, each on its own and side by side, from the persisted number alone.
 * What an interrupted change left is closed with it. One PF that cannot be restored keeps no other from being restored
 * (F59), and is in the results with its cause and remedy; `ok` is false then, and the boot's network unit must not
 * start. Throws only when the state directory cannot be listed.
 */
export async function restoreNumVfs(around: RestoreSurroundings): Promise<{ ok: boolean; results: RestoredPf[] }> {
  const files = stateFiles(around.files);
  const results = await Promise.all((await files.managed()).map((address) => restoreOne(around, files, address)));
  return { ok: results.every(({ outcome }) => outcome !== 'failed'), results };
}

async function restoreOne(around: RestoreSurroundings, files: StateFiles, pciAddress: PciAddress): Promise<RestoredPf> {
  let count: number | null = null;
  let pf: PfState | undefined;
  const failed = (seen: FailureSeen): RestoredPf => {
    const failure = explainFailure(seen, pf ?? unknownPf(pciAddress));
    around.log.error({ pf: pciAddress, count, failure }, 'virtual functions could not be restored');
    return { pciAddress, count, outcome: 'failed', failure };
  };
  try {
    const persisted = await files.persisted(pciAddress);
    if (persisted === null) return { pciAddress, count: 0, outcome: 'held' };
    count = persisted.count;
    pf = await awaitDriver(around, pciAddress, persisted);
    const outcome = await restoreFound(around, files, { pciAddress, pf, persisted });
    if (typeof outcome === 'object') return failed(outcome);
    await closeJournal(files, pciAddress, count);
    around.log.info({ pf: pciAddress, count, outcome }, 'virtual functions are restored');
    return { pciAddress, count, outcome };
  } catch (error) {
    return failed(faultOf(error));
  }
}

async function restoreFound(
  { host, clock, log, settings, waitMs = RESTORE_WAIT_MS }: RestoreSurroundings,
  files: StateFiles,
  { pciAddress, pf, persisted }: { pciAddress: PciAddress; pf: PfState | undefined; persisted: Persisted },
): Promise<'restored' | 'held' | FailureSeen> {
  const { pollMs, writeDeadlineMs: overrideMs } = settings;
  const stuck = async (): Promise<FailureSeen> => ({
    kind: 'stuck',
    since: isoNow(clock),
    holder: await host.holderOf(pciAddress),
  });
  const planned = async (state: PfState) =>
    plannedPf(state, await pfMtu(host, pciAddress, { needed: persisted.mtu !== null }));
  let found = pf && (await planned(pf));
  if (found && (await host.writerAlive(pciAddress))) {
    const limitMs = writerLimitMs(found, persisted, overrideMs);
    if (!(await writerEnds({ host, clock }, pciAddress, { limitMs, pollMs }))) return stuck();
    const after = await host.lookAtPf(pciAddress);
    found = after && (await planned(after));
  }
  const decided = decideRestore(found, persisted, { waitedMs: waitMs, overrideMs });
  if (!decided.ok) return decided.failure;

  const progress = (step: string, done: number, total: number) =>
    log.debug({ pf: pciAddress, step, done, total }, 'restoring');
  const walk = await execute(decided.steps, {
    ...{ address: pciAddress, host, files, clock, log, settings, progress },
    stopped: () => null,
  });
  switch (walk.kind) {
    case 'done':
      return walk.wrote ? 'restored' : 'held';
    case 'failed':
      return walk.failure;
    case 'stuck':
    case 'stopped':
      return stuck();
  }
}

/** F48: at boot a PF, its driver or its netdev may come late. Answers the PF as it is in the end, undefined when there is none. */
async function awaitDriver(
  { host, clock, settings, waitMs = RESTORE_WAIT_MS }: RestoreSurroundings,
  address: PciAddress,
  persisted: Persisted,
): Promise<PfState | undefined> {
  const end = clock.now() + waitMs;
  for (;;) {
    const pf = await host.lookAtPf(address);
    const mtu = await pfMtu(host, address, { needed: pf !== undefined && persisted.mtu !== null });
    if (isReadyToRestore(pf && plannedPf(pf, mtu), persisted) || clock.now() >= end) return pf;
    await clock.sleep(settings.pollMs);
  }
}

/**
 * The persisted number holds again, so an interrupted change has ended here: unsettled, if it was going forward, and it
 * is carried out when it is sent again; failed, if it was being taken back.
 */
async function closeJournal(files: StateFiles, address: PciAddress, count: number): Promise<void> {
  const journal = await files.journal(address);
  if (!journal) return;
  if (journal.fallingBack) {
    const failure: ChangeFailure = withWayBack(journal.fallingBack, {
      kind: 'restored',
      lastKnownGood: count,
      mtu: null,
    });
    await files.settle(address, failedSettlement(journal, failure, { existing: count, hasWritten: true }));
  }
  await files.closeJournal(address);
}
