import type { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import type { z } from 'zod';
import { isHeld, withClaims } from './claims-decision.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';
import { type ReleaseTimes, withReleased } from './released-claims.ts';

type Result = z.infer<typeof VfsCleaned.payload>['results'][number];

/** What the agent's word comes to: claims that are gone, and those that are here still and changed. */
export type CleanedDecision = { ledger: Ledger; gone: LedgerClaim[]; kept: LedgerClaim[] };

/**
 * Takes in what the agent says of claims it was to clean; undefined when that changes nothing. A proof names the claim
 * and its fence, which are never given out again, so it holds whenever it arrives; one about another fence, another VF
 * or a claim that nobody releases proves nothing. A VF that is held waits until it is not.
 */
export function decideVfsCleaned(
  ledger: Ledger,
  results: readonly Result[],
  times: ReleaseTimes,
): CleanedDecision | undefined {
  const byId = new Map(ledger.claims.map((claim) => [claim.id, claim]));
  const gone = new Map<string, LedgerClaim>();
  const kept = new Map<string, LedgerClaim>();
  for (const result of results) {
    const claim = kept.get(result.claimId) ?? byId.get(result.claimId);
    if (!claim || isHeld(claim) || claim.fence !== result.fence || claim.pciAddress !== result.pciAddress) continue;
    if (result.outcome.result === 'clean') gone.set(claim.id, claim);
    else kept.set(claim.id, withWord(claim, result.outcome, times.now));
  }
  const changed = [...kept.values()].filter((claim) => !gone.has(claim.id) && isOther(claim, byId.get(claim.id)));
  if (gone.size + changed.length === 0) return undefined;
  const next = withReleased(withClaims(ledger, changed), [...gone.keys()], times);
  return { ledger: next, gone: [...gone.values()], kept: changed };
}

function withWord(
  claim: LedgerClaim,
  outcome: Exclude<Result['outcome'], { result: 'clean' }>,
  now: string,
): LedgerClaim {
  if (outcome.result === 'held') {
    const cause = `held by ${outcome.by}, so it cannot be cleaned`;
    return { ...claim, dirty: { cause, remedy: 'It is cleaned as soon as it is let go: end what holds it.' } };
  }
  const { cause, remedy } = outcome.failure;
  return { ...claim, state: 'dirty', since: claim.state === 'dirty' ? claim.since : now, dirty: { cause, remedy } };
}

function isOther(claim: LedgerClaim, known: LedgerClaim | undefined): boolean {
  return (
    known?.state !== claim.state ||
    known.dirty?.cause !== claim.dirty?.cause ||
    known.dirty?.remedy !== claim.dirty?.remedy
  );
}
