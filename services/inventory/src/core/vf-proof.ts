import type { VfState } from '@vfleet/contracts/vocabulary/vf';
import type { LedgerClaim } from './ledger.ts';
import type { VfFreedom } from './vf-freedom.ts';

/** The one state a VF is in, and what shows it. A claim is told before all else: the ledger is the judge of claims. */
export function vfProof(use: VfFreedom, claim: LedgerClaim | undefined): { state: VfState; proof: string } {
  if (claim) {
    const { state, fence, since, dirty } = claim;
    const why = dirty ? `: ${dirty.cause}` : '';
    return { state, proof: `the ledger holds claim ${claim.id} with fence ${fence}, ${state} since ${since}${why}` };
  }
  if (use.free) return { state: 'free', proof: 'no claim, and the host shows nothing that uses it' };
  const proof = use.reasons.map(({ text }) => text).join('; ');
  return { state: use.inUse ? 'in_use' : 'unavailable', proof };
}
