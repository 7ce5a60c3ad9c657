import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import { giveBack } from './plan-undo.ts';
import { cleanedFence, type Fence, isOfBoot } from './vf-fence.ts';
import type { SeenVf, VfStep, VmLimits } from './vm-step.ts';

/** What a message to clean a VF calls for, by what is kept of it alone. */
export type CleanJudged = 'proven' | 'record' | 'look';

/**
 * Judges a claim that is to be cleaned. Proven: it was, or a later claim was seen, which exists only because this one
 * was ended by proof; nothing is touched then. Record: it was never prepared in this boot of the machine, nor was one
 * before it left uncleaned, so the VF is as it was made; a late prepare of it has to be refused all the same.
 */
export function judgeClean(claim: ClaimRef, kept: Fence | null): CleanJudged {
  if (kept && kept.fence > claim.fence) return 'proven';
  if (kept && kept.fence === claim.fence && kept.cleaned) return 'proven';
  return kept === null || kept.cleaned ? 'record' : 'look';
}

/** How a VF is cleaned: not while somebody holds it; with nothing to set back when it was made anew or is gone. */
export type CleanPlan = { kind: 'held'; by: string } | { kind: 'clean'; steps: VfStep[] };

/** Gives a VF back as it was before it was touched, and records it as cleaned once all has been read back. */
export function planClean(
  claim: ClaimRef,
  { fence: kept, vf, heldBy }: SeenVf,
  { machineBoot, limits }: { machineBoot: string; limits: Pick<VmLimits, 'bindMs'> },
): CleanPlan {
  if (heldBy) return { kind: 'held', by: heldBy.name };
  const fence = cleanedFence(claim, machineBoot);
  const recorded: VfStep = { kind: 'keep-fences', fences: [{ pciAddress: claim.pciAddress, fence }] };
  const before = kept && isOfBoot(kept, machineBoot) ? kept.before : null;
  return { kind: 'clean', steps: [...(vf && before ? giveBack(vf, before, limits) : []), recorded] };
}
