import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { vfPath } from './claim-view.ts';
import { isHeld, releasing, withClaims } from './claims-decision.ts';
import { withDifferences } from './differences.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';

/**
 * Begins to release claims that no placement names; undefined when none of them is held. A placement names its claims
 * before it asks for them, so what was an orphan when it was judged is one for good.
 */
export function decideReleaseOrphans(
  ledger: Ledger,
  orphanIds: readonly string[],
  now: string,
): { ledger: Ledger; orphans: LedgerClaim[]; notes: AuditNote[] } | undefined {
  const ids = new Set(orphanIds);
  const held = ledger.claims.filter((claim) => ids.has(claim.id) && isHeld(claim));
  if (held.length === 0) return undefined;
  const orphans = held.map((claim) => releasing(claim, now));
  const notes = held.map((claim) => released(ledger, claim, now));
  return { ledger: withDifferences(withClaims(ledger, orphans), now), orphans, notes };
}

function released({ id, name }: Ledger, claim: LedgerClaim, now: string): AuditNote {
  const { pciAddress, vm, vnic, state, since } = claim;
  return {
    ...{ action: 'releaseOrphanedClaim', target: vfPath(id, pciAddress), outcome: 'done', codes: [], at: now },
    detail: `No placement names claim ${claim.id} of ${pciAddress} of host ${name} for ${vm.name}, ${vnic.name}, ${state} since ${since}: it is released.`,
  };
}
