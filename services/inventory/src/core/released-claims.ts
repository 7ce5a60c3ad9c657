import type { Ledger } from './ledger.ts';

/**
 * No more are remembered, the newest: the ledger of a host on which VMs come and go all the time stays small. What a
 * message claims after that under a forgotten id is an orphan, and is found by the inquiry.
 */
const REMEMBERED = 256;

/** Now, and since when a released claim is remembered; ISO 8601. */
export type ReleaseTimes = { now: string; forgetBefore: string };

/** The ledger with claims that are gone taken off it and remembered as released; what is too old is forgotten. */
export function withReleased(ledger: Ledger, claimIds: readonly string[], { now, forgetBefore }: ReleaseTimes): Ledger {
  const gone = new Set(claimIds);
  const remembered = ledger.releasedClaims.filter(({ id, at }) => at >= forgetBefore && !gone.has(id));
  const releasedClaims = [...remembered, ...[...gone].map((id) => ({ id, at: now }))].slice(-REMEMBERED);
  return { ...ledger, claims: ledger.claims.filter(({ id }) => !gone.has(id)), releasedClaims };
}

/** Whether a claim of this id was there, or was released before it came. */
export function wasReleased({ releasedClaims }: Pick<Ledger, 'releasedClaims'>, claimId: string): boolean {
  return releasedClaims.some(({ id }) => id === claimId);
}
