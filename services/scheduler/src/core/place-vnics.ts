import type { Named } from '@vfleet/contracts/vocabulary/ids';
import type { PickedVnic } from './picked-vnics.ts';
import type { OnHost, PlacedVnic, Placement } from './placement.ts';

/** Names claims for what was picked, before they are asked for. The guest keeps the addresses it has. */
export function placeVnics(
  { host, vnics }: { host: Named; vnics: readonly PickedVnic[] },
  {
    attempt,
    guestAddresses,
    now,
    newId,
  }: { attempt: number; guestAddresses: Placement['guestAddresses']; now: string; newId: () => string },
): OnHost {
  return {
    host,
    attempt,
    since: now,
    vnics: vnics.map(({ vnic, vf, degraded }): PlacedVnic => {
      const guestPciAddress = guestAddresses.find(({ vnicId }) => vnicId === vnic.id)?.address ?? null;
      return { vnic, vf: vf && { claimId: newId(), ...vf, fence: null }, degraded, guestPciAddress };
    }),
  };
}

/** The fences that inventory gave to claims. */
export function withFences(
  vnics: readonly PlacedVnic[],
  claims: readonly { claimId: string; fence: number }[],
): PlacedVnic[] {
  return vnics.map((placed) => {
    const claim = claims.find(({ claimId }) => claimId === placed.vf?.claimId);
    return placed.vf && claim ? { ...placed, vf: { ...placed.vf, fence: claim.fence } } : placed;
  });
}
