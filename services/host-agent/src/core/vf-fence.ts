import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { VfSettings } from './vf-settings.ts';

/** A VF as it was before it was first touched with a fence: what a cleaning returns it to. */
export type VfBefore = { settings: VfSettings; driver: string | null };

/** Whom a VF is prepared for, as they were named then. */
export type VfHolder = { vm: Named; vnic: Named };

/**
 * What is kept of a VF for good: the highest fence it was handed to this agent with. `cleaned` once it was given back
 * with it. `before` is null when it was never touched with it; `machineBoot` tells in which boot it was kept: no VF
 * outlives its machine's boot, so what was set on it does not either. `holder` is null once it was given back.
 */
export type Fence = {
  fence: number;
  claimId: string | null;
  cleaned: boolean;
  before: VfBefore | null;
  machineBoot: string | null;
  holder: VfHolder | null;
};

/** Why a VF may not be prepared with a claim. */
export type FenceBroken =
  | { kind: 'fence-outdated'; vf: string; fence: number; kept: number }
  | { kind: 'fence-cleaned'; vf: string; fence: number }
  | { kind: 'fence-below-floor'; vf: string; fence: number; floor: number };

/**
 * Every reason why a VF may not be prepared with a claim: a later claim was seen here, or another with the same fence (a
 * ledger restored from a backup), and of a later claim it is known that this one was ended by proof; it was cleaned with this fence already; or the host was confirmed lost since (`floor`).
 */
export function brokenFences(claim: ClaimRef, kept: Fence | null, floor: number): FenceBroken[] {
  const { pciAddress: vf, fence, claimId } = claim;
  const broken: FenceBroken[] = [];
  const isOfOther = kept?.fence === fence && kept.claimId !== null && kept.claimId !== claimId;
  if (kept && (kept.fence > fence || isOfOther)) {
    broken.push({ kind: 'fence-outdated', vf, fence, kept: kept.fence });
  }
  if (kept && kept.fence === fence && kept.cleaned) broken.push({ kind: 'fence-cleaned', vf, fence });
  if (fence <= floor) broken.push({ kind: 'fence-below-floor', vf, fence, floor });
  return broken;
}

/**
 * What is kept durably before a VF is touched with a claim. A VF that was touched in this boot and never cleaned since
 * keeps what it was before that: what is seen now is not how it was.
 */
export function fenceToPrepare(
  claim: ClaimRef,
  kept: Fence | null,
  { seen, machineBoot, holder }: { seen: VfBefore; machineBoot: string; holder: VfHolder },
): Fence {
  const isTouched = kept !== null && !kept.cleaned && isOfBoot(kept, machineBoot);
  return {
    fence: claim.fence,
    claimId: claim.claimId,
    cleaned: false,
    before: (isTouched ? kept.before : null) ?? seen,
    machineBoot,
    holder,
  };
}

/** What is kept of a VF that was given back, or that was never touched with this claim and must not be later. */
export function cleanedFence({ fence, claimId }: ClaimRef, machineBoot: string): Fence {
  return { fence, claimId, cleaned: true, before: null, machineBoot, holder: null };
}

/** Whether a VF may still be as it was made for this fence. One kept before boots were told counts as of this boot. */
export function isOfBoot({ machineBoot }: Fence, now: string): boolean {
  return machineBoot === null || machineBoot === now;
}

/** Whether a fence may be kept in the place of another: never a lower one, and what was cleaned stays so. */
export function mayFollow(next: Pick<Fence, 'fence' | 'cleaned'>, kept: Fence | null): boolean {
  if (kept === null || next.fence > kept.fence) return true;
  return next.fence === kept.fence && (next.cleaned || !kept.cleaned);
}
