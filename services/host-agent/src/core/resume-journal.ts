import type { Settlement } from '@vfleet/contracts/vocabulary/host-report';
import type { FailureSeen } from './failure-causes.ts';
import type { Journal } from './journal.ts';

/** What becomes of an open journal. A `failure` of null is the one the journal itself keeps. */
export type JournalDecision =
  | { action: 'close' }
  | { action: 'settle-applied' }
  | { action: 'fall-back'; failure: FailureSeen | null }
  | { action: 'wait-for-word' };

/**
 * Decides what becomes of a change whose walk was cut off: by the agent's death, or by a write that outlived its
 * deadline and has ended now. Called only when no writer is alive. `holds` is what was read back, null when the PF or
 * its number could not be read; `hasMtu` whether the PF's MTU serves; `silentForMs` how long there has been no contact.
 *
 * A journal beside a settlement of its generation is left over from the settling itself, unless it is there to take an
 * applied one back.
 */
export function resumeJournal({
  journal,
  settlement,
  holds,
  hasMtu,
  silentForMs,
  contactMs,
}: {
  journal: Journal;
  settlement: Settlement | null;
  holds: number | null;
  hasMtu: boolean;
  silentForMs: number;
  contactMs: number;
}): JournalDecision {
  if (settlement && concludes(settlement, journal)) return { action: 'close' };
  if (journal.fallingBack) return { action: 'fall-back', failure: null };
  // A write that was stuck has done its part; an MTU that was to follow it is set on the way.
  if (holds === journal.to && (hasMtu || journal.stuck)) return { action: 'settle-applied' };
  if (journal.stuck) {
    const { since, holder } = journal.stuck;
    return { action: 'fall-back', failure: { kind: 'stuck', since, holder } };
  }
  if (silentForMs >= contactMs) {
    return { action: 'fall-back', failure: { kind: 'interrupted', afterMs: contactMs } };
  }
  return { action: 'wait-for-word' };
}

function concludes(settlement: Settlement, journal: Journal): boolean {
  if (settlement.vfsConfigId !== journal.vfsConfigId || settlement.generation < journal.generation) return false;
  return journal.fallingBack === null || settlement.outcome.result !== 'applied';
}
