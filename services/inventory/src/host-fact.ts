import { HostChanged } from '@vfleet/contracts/inventory';
import { ClaimsChanged } from '@vfleet/contracts/inventory-claims';
import { type Fact, fact } from '@vfleet/documents/decide-and-put';
import type { z } from 'zod';

/** The fact that a host's ledger has changed, naming the nics to look at. */
export function hostChanged(
  hostId: string,
  change: z.infer<typeof HostChanged.payload>['change'],
  nics: readonly string[] = [],
): Fact {
  return fact(HostChanged, { hostId, change, nics: [...nics] });
}

/** The fact that claims of placements have changed by no doing of theirs. */
export function claimsChanged(hostId: string, claims: readonly { placementId: string }[]): Fact {
  return fact(ClaimsChanged, { hostId, placementIds: [...new Set(claims.map(({ placementId }) => placementId))] });
}
