import { AttachClaims, ClaimVfs, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { type Asks, type Cause, causeOf } from '../asks.ts';
import { withLeaving } from '../core/leave-host.ts';
import { withFences } from '../core/place-vnics.ts';
import type { Leaving, OnHost, Placement } from '../core/placement.ts';
import { wantedClaims } from '../core/wanted-claims.ts';
import type { KeptPicks } from '../kept-picks.ts';
import type { Step } from './step.ts';

/** What is asked of inventory, the judge of claims. */
export function inventorySteps({ ask }: Asks, picks: KeptPicks): Record<'claim' | 'attach-claims', Step> {
  return {
    claim: async ({ placement, isFresh }) => {
      const { at, vm, placementId, vmId, vmName } = placement;
      if (!at || !vm) throw new Error(`VM ${vmName} claims nowhere`);
      const claims = wantedClaims(at, vm);
      if (claims.length === 0) {
        picks.givenUp(placement);
        return { kind: 'done' };
      }
      const request = {
        hostId: at.host.id,
        placementId,
        clusterId: vm.cluster.id,
        vm: { id: vmId, name: vmName },
        claims,
      };
      const verdict = await ask(ClaimVfs, request, causeOf(placement));
      if (!verdict.ok) {
        return { kind: 'happened', happening: { kind: 'claims-refused', isFresh, refusals: verdict.refusals } };
      }
      picks.claimed(placement, verdict.reply.ledgerVersion);
      return { kind: 'done', placement: { ...placement, at: fenced(at, verdict.reply.claims) } };
    },
    'attach-claims': async ({ placement, answer }) => {
      const { at, placementId } = placement;
      if (!at) throw new Error(`VM ${placement.vmName} is attached nowhere`);
      const claimIds = at.vnics.flatMap(({ vf }) => (vf ? [vf.claimId] : []));
      if (claimIds.length === 0) return { kind: 'done' };
      const verdict = await ask(AttachClaims, { hostId: at.host.id, placementId, claimIds }, causeOf(placement));
      if (!verdict.ok) {
        return { kind: 'happened', happening: { kind: 'attach-refused', refusals: verdict.refusals, answer } };
      }
      return { kind: 'done', placement: { ...placement, at: fenced(at, verdict.reply.claims) } };
    },
  };
}

/**
 * Has the claims released that were given up on hosts where the VM is not any more, and tells which of them are left. One
 * in quarantine is no concern of the placement: its VF is out of the pool until it is proved clean.
 */
export async function releaseLeft({ ask }: Asks, placement: Placement): Promise<Placement> {
  const cause = causeOf(placement);
  const leaving = await Promise.all(
    placement.leaving.map((each) => releaseAt({ ask }, placement.placementId, each, cause)),
  );
  return withLeaving(placement, leaving);
}

async function releaseAt(
  { ask }: Pick<Asks, 'ask'>,
  placementId: string,
  left: Leaving,
  cause: Cause,
): Promise<Leaving> {
  const { host, isGone, claims } = left;
  if (!isGone || claims.length === 0) return left;
  const claimIds = claims.map(({ claimId }) => claimId);
  const verdict = await ask(ReleaseClaims, { hostId: host.id, placementId, claimIds }, cause);
  // The only refusal: the host is not there any more, and no claim on it.
  if (!verdict.ok) return { ...left, claims: [] };
  const open = new Set(verdict.reply.claims.flatMap(({ claimId, state }) => (state === 'dirty' ? [] : [claimId])));
  return { ...left, claims: claims.filter(({ claimId }) => open.has(claimId)) };
}

function fenced(at: OnHost, claims: readonly { claimId: string; fence: number }[]): OnHost {
  return { ...at, vnics: withFences(at.vnics, claims) };
}
