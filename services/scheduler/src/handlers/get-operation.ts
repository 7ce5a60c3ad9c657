import type { Answer } from '@vfleet/bus/bus';
import { refusal } from '@vfleet/contracts/refusals';
import type { GetOperation } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import { operationView } from '../core/operation-view.ts';
import type { Placement } from '../core/placement.ts';

export const getOperation =
  ({ placements }: { placements: Pick<Documents<Placement>, 'find'> }): Answer<typeof GetOperation> =>
  async ({ payload: { operationId } }) => {
    const [found] = await placements.find('operation', operationId, { limit: 1 });
    const operation = found && operationView(found.body, operationId);
    if (operation) return { ok: true, reply: operation };
    const detail = `No virtual machine has an operation ${operationId}, or remembers it.`;
    return { ok: false, refusals: [refusal('OPERATION_NOT_EXIST', detail)] };
  };
