import { AttachClaims, ClaimVfs, ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import type { Claim } from '@vfleet/contracts/vocabulary/claim';
import { type Asks, type Cause, causeOf } from '../asks.ts';
import type { Happening } from '../core/happening.ts';
import { withLeaving } from '../core/leave-host.ts';
import { withFences } from '../core/place-vnics.ts';
import type { Leaving, OnHost, PlacedVnic, Placement } from '../core/placement.ts';
import { wantedClaims } from '../core/wanted-claims.ts';
import type { KeptPicks } from '../kept-picks.ts';
import type { Doing, Step } from './step.ts';

type StepNames = 'claim' | 'claim-destination' | 'claim-plug' | 'attach-claims' | 'attach-plug-claim' | 'release-plug';
type Judged = { ok: true; claims: readonly Claim[] } | { ok: false; happening: Happening };

/** What is asked of inventory, the judge of claims. */
export function inventorySteps(asks: Asks, picks: KeptPicks): Record<StepNames, Step> {
  /** Claims what the vNICs name on a host. Without a VF among them nothing is asked. */
  async function claim({ placement, isFresh }: Doing, on: Pick<OnHost, 'host' | 'vnics'>): Promise<Judged> {
    const { vm, placementId, vmId, vmName } = placement;
    if (!vm) throw new Error(`VM ${vmName} was not resolved`);
    const claims = wantedClaims(on, vm);
    if (claims.length === 0) {
      picks.givenUp(placement);
      return { ok: true, claims: [] };
    }
    const named = { id: vmId, name: vmName };
    const request = { hostId: on.host.id, placementId, clusterId: vm.cluster.id, vm: named, claims };
    const verdict = await asks.ask(ClaimVfs, request, causeOf(placement));
    if (!verdict.ok) return { ok: false, happening: { kind: 'claims-refused', isFresh, refusals: verdict.refusals } };
    picks.claimed(placement, verdict.reply.ledgerVersion);
    return { ok: true, claims: verdict.reply.claims };
  }

  async function attach({ placement, answer }: Doing, on: OnHost, vnics: readonly PlacedVnic[]): Promise<Judged> {
    const claimIds = vnics.flatMap(({ vf }) => (vf ? [vf.claimId] : []));
    if (claimIds.length === 0) return { ok: true, claims: [] };
    const { placementId } = placement;
    const verdict = await asks.ask(AttachClaims, { hostId: on.host.id, placementId, claimIds }, causeOf(placement));
    if (verdict.ok) return { ok: true, claims: verdict.reply.claims };
    return { ok: false, happening: { kind: 'attach-refused', refusals: verdict.refusals, answer } };
  }

  return {
    claim: async (doing) => {
      const at = here(doing.placement);
      const judged = await claim(doing, at);
      if (!judged.ok) return { kind: 'happened', happening: judged.happening };
      return { kind: 'done', placement: { ...doing.placement, at: fenced(at, judged.claims) } };
    },
    'claim-destination': async (doing) => {
      const { to, vmName } = doing.placement;
      if (!to) throw new Error(`VM ${vmName} moves nowhere`);
      const judged = await claim(doing, to);
      if (!judged.ok) return { kind: 'happened', happening: judged.happening };
      return { kind: 'done', placement: { ...doing.placement, to: fenced(to, judged.claims) } };
    },
    'claim-plug': async (doing) => {
      const plug = plugOf(doing.placement);
      const judged = await claim(doing, { host: here(doing.placement).host, vnics: [plug] });
      if (!judged.ok) return { kind: 'happened', happening: judged.happening };
      const [claimed = plug] = withFences([plug], judged.claims);
      return { kind: 'done', placement: { ...doing.placement, plug: claimed } };
    },
    'attach-claims': async (doing) => {
      const at = here(doing.placement);
      const judged = await attach(doing, at, at.vnics);
      if (!judged.ok) return { kind: 'happened', happening: judged.happening };
      return { kind: 'done', placement: { ...doing.placement, at: fenced(at, judged.claims) } };
    },
    'attach-plug-claim': async (doing) => {
      const plug = plugOf(doing.placement);
      const judged = await attach(doing, here(doing.placement), [plug]);
      if (!judged.ok) return { kind: 'happened', happening: judged.happening };
      const [attached = plug] = withFences([plug], judged.claims);
      return { kind: 'done', placement: { ...doing.placement, plug: attached } };
    },
    'release-plug': async ({ placement }) => {
      const { vf } = plugOf(placement);
      if (!vf) return { kind: 'done' };
      const of = { host: here(placement).host, placementId: placement.placementId };
      const left = await claimsLeft(asks, of, [vf.claimId], causeOf(placement));
      return { kind: left.length === 0 ? 'done' : 'waits' };
    },
  };
}

/**
 * Has the claims released that were given up on hosts where the VM is not any more, and tells which of them are left. One
 * in quarantine is no concern of the placement: its VF is out of the pool until it is proved clean.
 */
export async function releaseLeft(asks: Asks, placement: Placement): Promise<Placement> {
  const { placementId } = placement;
  const cause = causeOf(placement);
  const release = async (left: Leaving): Promise<Leaving> => {
    const { host, isGone, claims } = left;
    if (!isGone || claims.length === 0) return left;
    const ids = claims.map(({ claimId }) => claimId);
    const open = new Set(await claimsLeft(asks, { host, placementId }, ids, cause));
    return { ...left, claims: claims.filter(({ claimId }) => open.has(claimId)) };
  };
  return withLeaving(placement, await Promise.all(placement.leaving.map(release)));
}

async function claimsLeft(
  { ask }: Asks,
  { host, placementId }: Pick<OnHost, 'host'> & { placementId: string },
  claimIds: string[],
  cause: Cause,
): Promise<string[]> {
  const verdict = await ask(ReleaseClaims, { hostId: host.id, placementId, claimIds }, cause);
  // The only refusal: the host is not there any more, and no claim on it.
  if (!verdict.ok) return [];
  return verdict.reply.claims.flatMap(({ claimId, state }) => (state === 'dirty' ? [] : [claimId]));
}

function fenced(on: OnHost, claims: readonly { claimId: string; fence: number }[]): OnHost {
  return { ...on, vnics: withFences(on.vnics, claims) };
}

function here({ at, vmName }: Placement): OnHost {
  if (!at) throw new Error(`VM ${vmName} is nowhere`);
  return at;
}

function plugOf({ plug, vmName }: Placement): PlacedVnic {
  if (!plug) throw new Error(`no vNIC of VM ${vmName} is being plugged`);
  return plug;
}
