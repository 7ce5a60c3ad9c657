import type { Refusal } from '@vfleet/contracts/refusals';
import type { Ledger, LedgerClaim } from './ledger.ts';

/** A change of claims: the whole new ledger, undefined when all is so already, and the claims that were asked about. */
export type ClaimsDecision =
  | { ok: true; ledger: Ledger | undefined; claims: LedgerClaim[] }
  | { ok: false; refusals: Refusal[] };

/**
 * The claims of a host that a placement names, those that are there. A claim id is made for one placement and never
 * reused, so one that another placement holds is a fault, not a refusal.
 */
export function claimsNamed(
  { claims }: Pick<Ledger, 'claims'>,
  { placementId, claimIds }: { placementId: string; claimIds: readonly string[] },
): LedgerClaim[] {
  const wanted = new Set(claimIds);
  const found = claims.filter(({ id }) => wanted.has(id));
  const others = found.find((claim) => claim.placementId !== placementId);
  if (others) throw new Error(`claim ${others.id} is of placement ${others.placementId}, not of ${placementId}`);
  return found;
}

/** The ledger with some of its claims replaced by their new states. */
export function withClaims(ledger: Ledger, changed: readonly LedgerClaim[]): Ledger {
  const byId = new Map(changed.map((claim) => [claim.id, claim]));
  return { ...ledger, claims: ledger.claims.map((claim) => byId.get(claim.id) ?? claim) };
}

/** A claim as it begins to be released: from now on only a proof, or the loss of its host, ends it. */
export function releasing(claim: LedgerClaim, now: string): LedgerClaim {
  return { ...claim, state: 'releasing', since: now, deadline: null, dirty: null };
}

/** Whether a claim is still its placement's to use; one that is not is on its way out and never comes back. */
export function isHeld({ state }: Pick<LedgerClaim, 'state'>): boolean {
  return state === 'reserved' || state === 'attached';
}
