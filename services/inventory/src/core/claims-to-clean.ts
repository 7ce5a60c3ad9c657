import type { ClaimRef, ClaimState } from '@vfleet/contracts/vocabulary/claim';
import type { Ledger, LedgerClaim } from './ledger.ts';

/** What names a claim to an agent. */
export function claimRef({ id, pciAddress, fence }: LedgerClaim): ClaimRef {
  return { claimId: id, pciAddress, fence };
}

/**
 * The claims in these states that the agent of a host is to clean; none while it is not heard, for nothing is kept for
 * an absent agent.
 */
export function claimsToClean({ connection, claims }: Ledger, states: readonly ClaimState[]): ClaimRef[] {
  return connection.status === 'up' ? claims.filter(({ state }) => states.includes(state)).map(claimRef) : [];
}
