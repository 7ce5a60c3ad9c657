import type { Answer } from '@vfleet/bus/bus';
import type { ListRunning } from '@vfleet/contracts/policy/runs';
import type { OwnedCollections } from '../owned-collections.ts';

/** The cursor is the id of the last VM. */
export const listRunning =
  ({ vms }: Pick<OwnedCollections, 'vms'>): Answer<typeof ListRunning> =>
  async ({ payload: { limit, cursor } }) => {
    const after = cursor === undefined ? undefined : { value: cursor, id: cursor };
    const found = await vms.documents.search('running', '', { limit: limit + 1, after });
    const page = found.slice(0, limit);
    const items = page.flatMap(({ document: { id: vmId, body } }) =>
      body.placementId === null ? [] : [{ vmId, placementId: body.placementId }],
    );
    return { ok: true, reply: { items, next: found.length > limit ? (page.at(-1)?.value ?? null) : null } };
  };
