import type { Answer } from '@vfleet/bus/bus';
import type { ReadRuntimes } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import type { Placement } from '../core/placement.ts';
import { runtimeView } from '../core/runtime-view.ts';

export const readRuntimes =
  ({ placements }: { placements: Pick<Documents<Placement>, 'get'> }): Answer<typeof ReadRuntimes> =>
  async ({ payload: { vmIds } }) => {
    const read = await Promise.all(vmIds.map((vmId) => placements.get(vmId)));
    return { ok: true, reply: { items: vmIds.map((vmId, index) => runtimeView(vmId, read[index]?.body)) } };
  };
