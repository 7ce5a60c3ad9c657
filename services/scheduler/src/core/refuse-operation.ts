import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { OpenOperation, Placement } from './placement.ts';
import { PLACEMENT_TABLE } from './placement-table.ts';
import { stepInWords } from './step-in-words.ts';

/** Why an operation cannot begin now, by the table; empty when it can. A stop overtakes everything: it always can. */
export function refuseOperation(
  placement: Placement | undefined,
  kind: Exclude<OpenOperation['kind'], 'stop'>,
  vm: { name: string },
): Refusal[] {
  const state = placement?.state ?? 'down';
  if (PLACEMENT_TABLE[state].takes?.includes(kind)) return [];
  if (!placement || state === 'down') return [refusal('VM_IS_NOT_RUNNING', `The virtual machine ${vm.name} is down.`)];
  if (state === 'running') {
    const detail = `The virtual machine ${vm.name} runs on host ${placement.at?.host.name}.`;
    return [refusal('VM_IS_RUNNING', detail)];
  }
  const { operation } = placement;
  const doing = operation
    ? `its operation ${operation.id} (${operation.kind}) is under way`
    : 'its last run is being ended';
  return [refusal('VM_IS_BUSY', `${vm.name}: ${doing}. ${stepInWords(placement)}.`)];
}
