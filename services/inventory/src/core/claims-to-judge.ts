import type { Ledger, LedgerClaim } from './ledger.ts';

/** Claims that are reserved for longer than they were to be. */
export function overdueClaims({ claims }: Pick<Ledger, 'claims'>, now: string): LedgerClaim[] {
  return claims.filter(({ state, deadline }) => state === 'reserved' && deadline !== null && deadline <= now);
}

/** Claims that are in this state since before an instant (ISO 8601). */
export function claimsSince(
  { claims }: Pick<Ledger, 'claims'>,
  { state, before }: { state: 'reserved' | 'attached'; before: string },
): LedgerClaim[] {
  return claims.filter((claim) => claim.state === state && claim.since < before);
}
