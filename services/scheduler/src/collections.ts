import type { Collection } from '@vfleet/documents/documents';
import { Placement } from './core/placement.ts';

/**
 * The placements, one per VM, whose id is theirs. `operation` holds the ids of the open operation and of the ended ones
 * that are kept; `host` every host that has anything of the VM; `wake` is when a placement is looked at again. Schema
 * version 2 knows of lost destinations.
 */
export const PLACEMENTS: Collection<Placement> = {
  name: 'placements',
  schema: Placement,
  schemaVersion: 2,
  upgrade: { 1: (placement) => ({ ...(placement as object), lostDestination: null }) },
  keys: {
    placement: { unique: true, of: ({ placementId }) => placementId },
    operation: { of: ({ operation, ended }) => [...(operation ? [operation.id] : []), ...ended.map(({ id }) => id)] },
    host: { of: hostsOf },
    wake: { sorted: true, of: ({ wakeAt }) => wakeAt },
  },
};

function hostsOf({ at, to, leaving }: Placement): string[] {
  return [...new Set([at, to, ...leaving].flatMap((each) => each?.host.id ?? []))];
}
