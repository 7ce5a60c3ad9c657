import type { Answer } from '@vfleet/bus/bus';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { UnplugVnic } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import type { Begin } from '../begin.ts';
import { endAtOnce, operationOf } from '../core/begin-operation.ts';
import type { Placement } from '../core/placement.ts';
import { beginUnplug, onlyVnic } from '../core/plug-intents.ts';
import { refuseOperation } from '../core/refuse-operation.ts';
import { flagWhileDown } from '../flag-while-down.ts';
import { rememberedOperation } from '../remembered-operation.ts';

/** A vNIC that is not in is answered as done. */
export const unplugVnic =
  ({
    placements,
    asks,
    begin,
  }: {
    placements: Pick<Documents<Placement>, 'find'>;
    asks: Asks;
    begin: Begin;
  }): Answer<typeof UnplugVnic> =>
  async (message) => {
    const { vm: ref, vnic: vnicRef } = message.payload;
    const found = await asks.ask(ResolveVnics, { vm: ref, vnic: vnicRef }, message);
    if (!found.ok) return (await rememberedOperation(placements, message.id)) ?? found;
    const vm = found.reply;
    const { id: vnicId } = onlyVnic(vm);
    return begin(message, vm.id, async (placement) => {
      const refusals = refuseOperation(placement, 'unplug', vm);
      if (refusals.length > 0) return { ok: false, refusals };
      if (!placement || placement.state === 'down') {
        const flag = await flagWhileDown(asks, { vmId: vm.id, vnicId, plugged: false }, message);
        if (!flag.ok) return flag;
      }
      return {
        ok: true,
        placement: ({ now, newId }) => {
          const operation = operationOf(message, { kind: 'unplug', vnicId }, now);
          const isIn = placement?.at?.vnics.some(({ vnic }) => vnic.id === vnicId);
          if (placement && isIn) return beginUnplug(placement, { operation, vnicId, now });
          return endAtOnce(placement, { operation, vm, placementId: newId(), now });
        },
      };
    });
  };
