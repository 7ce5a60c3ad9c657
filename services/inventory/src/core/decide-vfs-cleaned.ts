import type { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { z } from 'zod';
import { vfPath } from './claim-view.ts';
import { isHeld, withClaims } from './claims-decision.ts';
import { withDifferences } from './differences.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';
import { leftoversCleaned } from './leftovers-cleaned.ts';
import { type ReleaseTimes, withReleased } from './released-claims.ts';
import { takeProvenClean } from './take-proven-clean.ts';
import { withoutPastUse } from './without-past-use.ts';

/** No VF outlives a boot of its machine, and none that was made anew has anything of a guest. */
const LAST_WAY_OUT =
  'It is tried again every minute. If nothing else helps, reboot the host: its virtual functions are made anew then.';

type Result = z.infer<typeof VfsCleaned.payload>['results'][number];
type Word = NonNullable<LedgerClaim['dirty']>;
type NotClean = Exclude<Result['outcome'], { result: 'clean' }>;

/** What the agent's word comes to: claims that are gone, and those that are still here and changed. */
export type CleanedDecision = { ledger: Ledger; gone: LedgerClaim[]; kept: LedgerClaim[]; notes: AuditNote[] };

/**
 * Takes in what the agent says of claims it was to clean; undefined when that changes nothing. A proof names the claim
 * and its fence, which are never given out again, so it holds whenever it arrives; one about another fence, another VF
 * or a claim that nobody releases ends no claim. A VF that is held waits until it is not.
 */
export function decideVfsCleaned(
  ledger: Ledger,
  results: readonly Result[],
  times: ReleaseTimes,
): CleanedDecision | undefined {
  const { now } = times;
  const before = new Map(ledger.claims.map((claim) => [claim.id, claim]));
  const after = afterWords(before, results, now);
  const gone = ledger.claims.filter(({ id }) => !after.has(id));
  const kept = [...after.values()].filter((claim) => claim !== before.get(claim.id));
  const proven = takeProvenClean(
    ledger,
    results.filter(({ outcome }) => outcome.result === 'clean'),
  );
  const isProofNew = proven.domains?.uncleaned.length !== ledger.domains?.uncleaned.length;
  if (gone.length + kept.length === 0 && !isProofNew) return undefined;

  const freed = gone.map(({ id }) => id);
  const changed = withClaims(withoutPastUse(proven, gone), kept);
  const next = freed.length === 0 ? changed : withReleased(changed, freed, times);
  const quarantined = kept.filter(({ id, state }) => state === 'dirty' && before.get(id)?.state !== 'dirty');
  const notes = [
    ...gone.filter(({ state }) => state === 'dirty').map((claim) => leavesQuarantine(ledger, claim, now)),
    ...quarantined.map((claim) => goesIntoQuarantine(ledger, claim, { codes: failuresOf(claim, results), now })),
    ...leftoversCleaned(ledger, next, now),
  ];
  return { ledger: withDifferences(next, now), gone, kept, notes };
}

/** The claims by id after each word in its turn; those proved clean are gone. */
function afterWords(
  claims: ReadonlyMap<string, LedgerClaim>,
  results: readonly Result[],
  now: string,
): Map<string, LedgerClaim> {
  const after = new Map(claims);
  for (const { claimId, fence, pciAddress, outcome } of results) {
    const claim = after.get(claimId);
    if (!claim || isHeld(claim) || claim.fence !== fence || claim.pciAddress !== pciAddress) continue;
    if (outcome.result === 'clean') after.delete(claimId);
    else after.set(claimId, notClean(claim, outcome, now));
  }
  return after;
}

/** The claim as the agent's word leaves it; the same one when that is nothing new. */
function notClean(claim: LedgerClaim, outcome: NotClean, now: string): LedgerClaim {
  const { state, dirty } = wordOf(claim, outcome);
  const isSame = state === claim.state && dirty.cause === claim.dirty?.cause && dirty.remedy === claim.dirty.remedy;
  return isSame ? claim : { ...claim, state, since: state === claim.state ? claim.since : now, dirty };
}

function wordOf({ state }: LedgerClaim, outcome: NotClean): Pick<LedgerClaim, 'state'> & { dirty: Word } {
  if (outcome.result === 'dirty') {
    const { cause, remedy } = outcome.failure;
    return { state: 'dirty', dirty: { cause, remedy: `${remedy} ${LAST_WAY_OUT}` } };
  }
  const cause = `it cannot be cleaned while ${outcome.by} holds it`;
  return { state, dirty: { cause, remedy: 'End what holds it; it is cleaned by itself then.' } };
}

function failuresOf({ id }: LedgerClaim, results: readonly Result[]): string[] {
  return results.flatMap(({ claimId, outcome }) =>
    claimId === id && outcome.result === 'dirty' ? [outcome.failure.code] : [],
  );
}

function goesIntoQuarantine(
  { id, name }: Ledger,
  claim: LedgerClaim,
  { codes, now }: { codes: string[]; now: string },
): AuditNote {
  return {
    ...{ action: 'quarantineVf', target: vfPath(id, claim.pciAddress), outcome: 'failed', codes, at: now },
    detail: `${claim.pciAddress} of host ${name}, given back by ${claim.vm.name}, ${claim.vnic.name}, is kept from use: it could not be proved clean: ${claim.dirty?.cause}. ${claim.dirty?.remedy}`,
  };
}

function leavesQuarantine({ id, name }: Ledger, { pciAddress, since }: LedgerClaim, now: string): AuditNote {
  return {
    ...{ action: 'freeQuarantinedVf', target: vfPath(id, pciAddress), outcome: 'done', codes: [], at: now },
    detail: `${pciAddress} of host ${name}, kept from use since ${since}, is proved clean now.`,
  };
}
