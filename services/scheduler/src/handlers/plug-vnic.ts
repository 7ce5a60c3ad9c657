import type { Answer } from '@vfleet/bus/bus';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { PlugVnic } from '@vfleet/contracts/scheduler/runs';
import type { Given } from '@vfleet/documents/decide-and-put';
import type { Documents } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import type { Begin } from '../begin.ts';
import { endAtOnce, operationOf } from '../core/begin-operation.ts';
import { placeVnics } from '../core/place-vnics.ts';
import type { OpenOperation, Placement } from '../core/placement.ts';
import { beginPlug, onlyVnic, pluggedAs } from '../core/plug-intents.ts';
import { refuseOperation } from '../core/refuse-operation.ts';
import { flagWhileDown } from '../flag-while-down.ts';
import type { Fleet } from '../fleet.ts';
import { rememberedOperation } from '../remembered-operation.ts';

/** A vNIC that is in already, be it degraded, is answered as done. */
export const plugVnic =
  ({
    placements,
    asks,
    fleet,
    begin,
  }: {
    placements: Pick<Documents<Placement>, 'find'>;
    asks: Asks;
    fleet: Fleet;
    begin: Begin;
  }): Answer<typeof PlugVnic> =>
  async (message) => {
    const { vm: ref, vnic: vnicRef } = message.payload;
    const found = await asks.ask(ResolveVnics, { vm: ref, vnic: vnicRef }, message);
    if (!found.ok) return (await rememberedOperation(placements, message.id)) ?? found;
    const resolved = found.reply;
    const vnic = onlyVnic(resolved);
    return begin(message, resolved.id, async (placement) => {
      const refusals = refuseOperation(placement, 'plug', resolved);
      if (refusals.length > 0) return { ok: false, refusals };
      if (!placement || placement.state === 'down') {
        const flag = await flagWhileDown(asks, { vmId: resolved.id, vnicId: vnic.id, plugged: true }, message);
        return flag.ok ? { ok: true, placement: (given) => ended(placement, given) } : flag;
      }
      if (pluggedAs(placement, vnic) !== 'no') return { ok: true, placement: (given) => ended(placement, given) };
      const only = placement.at?.host.id;
      const pick = await fleet.pick(resolved, { excluded: new Map(), only, purpose: 'plug' });
      if (!pick.ok) return pick;
      return {
        ok: true,
        pick,
        placement: ({ now, newId }) => {
          const on = placeVnics(pick, { ...placement, now, newId });
          return beginPlug(placement, { operation: operationAt(now), resolved, on, now });
        },
      };
    });

    function operationAt(now: string): OpenOperation {
      return operationOf(message, { kind: 'plug', vnicId: vnic.id }, now);
    }

    function ended(placement: Placement | undefined, { now, newId }: Given): Placement {
      return endAtOnce(placement, { operation: operationAt(now), vm: resolved, placementId: newId(), now });
    }
  };
