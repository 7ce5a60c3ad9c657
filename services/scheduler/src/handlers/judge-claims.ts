import type { Answer } from '@vfleet/bus/bus';
import type { JudgeClaims } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import { namedClaims } from '../core/named-claims.ts';
import type { Placement } from '../core/placement.ts';

export const judgeClaims =
  ({ placements }: { placements: Pick<Documents<Placement>, 'get'> }): Answer<typeof JudgeClaims> =>
  async ({ payload: { claims } }) => {
    const vmIds = [...new Set(claims.map(({ vmId }) => vmId))];
    const read = await Promise.all(vmIds.map((vmId) => placements.get(vmId)));
    const named = new Set(read.flatMap((stored) => (stored ? namedClaims(stored.body) : [])));
    return { ok: true, reply: { orphans: claims.map(({ claimId }) => claimId).filter((id) => !named.has(id)) } };
  };
