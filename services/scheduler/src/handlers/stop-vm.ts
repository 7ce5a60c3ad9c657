import type { Answer } from '@vfleet/bus/bus';
import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { StopVm } from '@vfleet/contracts/scheduler/runs';
import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import type { Documents } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import type { Begin } from '../begin.ts';
import { advance } from '../core/advance.ts';
import { endAtOnce, operationOf } from '../core/begin-operation.ts';
import type { Placement } from '../core/placement.ts';
import { rememberedOperation } from '../remembered-operation.ts';

/**
 * A VM that is placed is found without policy: what runs can be stopped while policy is away. Who stops what is being
 * stopped waits for that stop; only one with `force` overtakes one without.
 */
export const stopVm =
  ({
    placements,
    asks,
    begin,
  }: {
    placements: Pick<Documents<Placement>, 'find' | 'get'>;
    asks: Asks;
    begin: Begin;
  }): Answer<typeof StopVm> =>
  async (message) => {
    const found = await findVm(message);
    if (!found.ok) return (await rememberedOperation(placements, message.id)) ?? found;
    const vm = found.reply;
    const underWay = await stopUnderWay(vm.id, message.payload.force);
    if (underWay) return underWay;
    return begin(message, vm.id, async (placement) => ({
      ok: true,
      placement: ({ now, newId }) => {
        const operation = operationOf(message, { kind: 'stop', force: message.payload.force }, now);
        const stopping = placement && advance(placement, { kind: 'stop-asked', operation }, { now });
        return stopping ?? endAtOnce(placement, { operation, vm, placementId: newId(), now });
      },
    }));

    async function stopUnderWay(vmId: string, force: boolean): Promise<Verdict<Operation> | undefined> {
      const open = (await placements.get(vmId))?.body.operation;
      if (open?.kind !== 'stop' || (force && !open.force)) return undefined;
      return rememberedOperation(placements, open.id);
    }

    async function findVm({ payload }: Message<{ vm: string }>): Promise<Verdict<{ id: string; name: string }>> {
      const placed = await placements.get(payload.vm);
      if (placed && placed.body.state !== 'down') {
        return { ok: true, reply: { id: placed.id, name: placed.body.vmName } };
      }
      return asks.ask(ResolveVnics, { vm: payload.vm }, message);
    }
  };
