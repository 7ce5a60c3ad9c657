import { isHeld } from './claims-decision.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';

/** Claims that are reserved for longer than they were to be. */
export function overdueClaims({ claims }: Pick<Ledger, 'claims'>, now: string): LedgerClaim[] {
  return claims.filter(({ state, deadline }) => state === 'reserved' && deadline !== null && deadline <= now);
}

/** Claims that are held since before this instant. */
export function claimsHeldSince({ claims }: Pick<Ledger, 'claims'>, before: string): LedgerClaim[] {
  return claims.filter((claim) => isHeld(claim) && claim.since < before);
}
