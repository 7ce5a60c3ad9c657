import { claimsNamed, isHeld, releasing, withClaims } from './claims-decision.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';
import { type ReleaseTimes, wasReleased, withReleased } from './released-claims.ts';

/**
 * Begins to release claims of a placement. Those that are not there are remembered as released, so that a claim that
 * comes later is refused. `claims` are those asked for that are not gone; `ledger` is undefined when all is so already.
 */
export function decideReleaseClaims(
  ledger: Ledger,
  request: { placementId: string; claimIds: readonly string[] },
  times: ReleaseTimes,
): { ledger: Ledger | undefined; claims: LedgerClaim[] } {
  const named = claimsNamed(ledger, request);
  const there = new Set(named.map(({ id }) => id));
  const unknown = request.claimIds.filter((id) => !there.has(id) && !wasReleased(ledger, id));
  const begun = named.filter(isHeld).map((claim) => releasing(claim, times.now));
  if (unknown.length + begun.length === 0) return { ledger: undefined, claims: named };
  const next = withReleased(withClaims(ledger, begun), unknown, times);
  return { ledger: next, claims: next.claims.filter(({ id }) => there.has(id)) };
}
