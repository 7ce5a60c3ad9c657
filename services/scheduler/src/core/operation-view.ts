import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { EndedOperation, OpenOperation, Placement } from './placement.ts';
import { stepInWords } from './step-in-words.ts';

/** An operation of a placement as callers see it, open or ended; undefined when the placement knows none of this id. */
export function operationView(placement: Placement, operationId: string): Operation | undefined {
  const { operation } = placement;
  if (operation?.id === operationId) return openView(placement, operation);
  const ended = placement.ended.findLast(({ id }) => id === operationId);
  return ended && endedView(placement, ended);
}

function openView(placement: Placement, operation: OpenOperation): Operation {
  const host = placement.at?.host ?? null;
  return { ...common(placement, operation), state: 'open', step: stepInWords(placement), host, ended_at: null };
}

function endedView(placement: Placement, operation: EndedOperation): Operation {
  const { outcome: state, host, endedAt: ended_at } = operation;
  return { ...common(placement, operation), state, step: state === 'done' ? 'Done' : 'Failed', host, ended_at };
}

function common({ vmId, vmName }: Placement, { id, kind, startedAt, problems, notes }: OpenOperation) {
  return { id, kind, vm: { id: vmId, name: vmName }, started_at: startedAt, problems, notes };
}
