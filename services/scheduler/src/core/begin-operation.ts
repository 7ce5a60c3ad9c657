import type { Message } from '@vfleet/contracts/envelope';
import { endOperation } from './end-operation.ts';
import { enterState } from './enter-state.ts';
import { newPlacement, type OnHost, type OpenOperation, type Placement, type RunVm } from './placement.ts';

/** The operation a command asks for, whose id is the command's. */
export function operationOf(
  { id, actor, correlationId }: Pick<Message<unknown>, 'id' | 'actor' | 'correlationId'>,
  of: Pick<OpenOperation, 'kind'> & Partial<Pick<OpenOperation, 'vnicId' | 'hostId' | 'force'>>,
  now: string,
): OpenOperation {
  const nothing = { vnicId: null, hostId: null, force: false, lostRaces: 0, notes: [], problems: [] };
  return { ...nothing, ...of, id, actor, correlationId, startedAt: now };
}

/** The intent of a start, with the claims it will ask for. A VM's attempts are counted over all its placements. */
export function beginStart(
  before: Placement | undefined,
  {
    operation,
    vm,
    on,
    placementId,
    now,
  }: { operation: OpenOperation; vm: RunVm; on: OnHost; placementId: string; now: string },
): Placement {
  const placement = before ?? newPlacement({ vm, placementId, now });
  const names = { vmName: vm.name, placementId, operation, vm, at: on, attempt: on.attempt };
  return enterState(placement, 'starting', { now, ...names, died: null });
}

/** An operation that has nothing to do: it is kept, so that it can be read. */
export function endAtOnce(
  before: Placement | undefined,
  {
    operation,
    vm,
    placementId,
    now,
  }: { operation: OpenOperation; vm: { id: string; name: string }; placementId: string; now: string },
): Placement {
  return endOperation({ ...(before ?? newPlacement({ vm, placementId, now })), operation }, { now });
}
