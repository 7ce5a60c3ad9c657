import type { Reaction } from '@vfleet/bus/bus';
import { FindClaims, type HostLost } from '@vfleet/contracts/inventory-claims';
import type { Documents } from '@vfleet/documents/documents';
import { type Asks, causeOf } from '../asks.ts';
import { leftLostHost } from '../core/leave-host.ts';
import { type LostHost, lostWith } from '../core/lost-host.ts';
import type { Placement } from '../core/placement.ts';
import type { Drive, Taken } from '../drive.ts';
import { placementsOn } from '../placements-on.ts';

/** An administrator has confirmed that a host is powered off: the proof for everything that waited for its answer. */
export const hostLost =
  ({
    placements,
    drive,
    asks,
  }: {
    placements: Pick<Documents<Placement>, 'find'>;
    drive: Drive;
    asks: Asks;
  }): Reaction<typeof HostLost> =>
  async ({ payload: { hostId, fenceFloor }, sentAt }) => {
    const lost: LostHost = { hostId, fenceFloor, at: sentAt };
    for await (const { id, body } of placementsOn(placements, hostId)) {
      const fences = await fencesOf(body);
      await drive.take(id, (placement) => inLeaving(placement, lost, fences));
      await drive.take(id, (placement) => inPlace(placement, lost, fences));
    }

    /** Claims whose fence the placement was not told yet. */
    async function fencesOf(placement: Placement): Promise<Map<string, number>> {
      if (placement.state !== 'starting' && placement.state !== 'claiming-destination') return new Map();
      const found = await asks.ask(FindClaims, { placementId: placement.placementId }, causeOf(placement));
      return new Map(found.ok ? found.reply.claims.map(({ claimId, fence }) => [claimId, fence]) : []);
    }
  };

function inLeaving(placement: Placement, lost: LostHost, fences: Map<string, number>): Taken | undefined {
  const left = lostWith(placement, lost, fences).leaving;
  const isNews = left.some(({ isGone, stop }) => !isGone || stop !== null);
  return isNews ? { kind: 'learnt', placement: leftLostHost(placement, left) } : undefined;
}

function inPlace(placement: Placement, lost: LostHost, fences: Map<string, number>): Taken | undefined {
  const { at, to } = lostWith(placement, lost, fences);
  if (at) return { kind: 'happened', happening: { kind: 'host-lost' } };
  return to ? { kind: 'happened', happening: { kind: 'destination-lost' } } : undefined;
}
