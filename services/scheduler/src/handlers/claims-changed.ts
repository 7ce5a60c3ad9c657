import type { Reaction } from '@vfleet/bus/bus';
import type { ClaimsChanged } from '@vfleet/contracts/inventory-claims';
import type { Documents } from '@vfleet/documents/documents';
import { awaitsClaims } from '../core/awaits-claims.ts';
import type { Placement } from '../core/placement.ts';
import type { Drive } from '../drive.ts';

/** A hint that claims which were given up may be gone: inventory is asked. */
export const claimsChanged =
  ({
    placements,
    drive,
  }: {
    placements: Pick<Documents<Placement>, 'find'>;
    drive: Drive;
  }): Reaction<typeof ClaimsChanged> =>
  async ({ payload: { hostId, placementIds } }) => {
    for (const placementId of placementIds) {
      const [found] = await placements.find('placement', placementId, { limit: 1 });
      if (found && awaitsClaims(found.body, hostId)) await drive.look(found);
    }
  };
