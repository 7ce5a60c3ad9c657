import type { ChangeFailure } from '@vfleet/contracts/vocabulary/host-report';
import type { ChangeEnd, Changing } from './change.ts';
import { failedSettlement, type SettledChange } from './core/settlement.ts';

/**
 * Settles a generation as failed, or as refused. A disk that does not take it costs its durability, not its telling: it
 * is reported all the same, and with the journal still open a later start of the agent settles it again.
 */
export async function settleFailed(
  changing: Changing,
  generation: SettledChange,
  failure: ChangeFailure,
  now: { existing: number | null; hasWritten: boolean },
): Promise<ChangeEnd> {
  const { address, files, log } = changing;
  const settlement = failedSettlement(generation, failure, now);
  try {
    await files.settle(address, settlement);
    await files.closeJournal(address);
  } catch (error) {
    log.error({ err: error, pf: address, settlement }, 'a failed change could not be settled on disk');
  }
  return { kind: 'settled', settlement, takeBack: null };
}
