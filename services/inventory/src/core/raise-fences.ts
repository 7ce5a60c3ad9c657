import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { Ledger } from './ledger.ts';

/**
 * The ledger with fences that go on after the highest its host knows, and why for the audit log; the same ledger when
 * they do already. A fence above the counter was given out by a ledger that is lost (one restored from a backup): the
 * host would refuse what comes with a lower one.
 */
export function raiseFences(ledger: Ledger, highest: number, now: string): { ledger: Ledger; notes: AuditNote[] } {
  const { id, name, fenceCounter } = ledger;
  if (highest <= fenceCounter) return { ledger, notes: [] };
  const note: AuditNote = {
    ...{ action: 'raiseFenceCounter', target: `/api/hosts/${id}`, outcome: 'done', codes: ['FENCE_AHEAD'], at: now },
    detail: `The agent of ${name} keeps fence ${highest}, the ledger had given out up to ${fenceCounter}: it is older than the host, as after a backup was restored. Fences go on after ${highest}.`,
  };
  return { ledger: { ...ledger, fenceCounter: highest }, notes: [note] };
}
