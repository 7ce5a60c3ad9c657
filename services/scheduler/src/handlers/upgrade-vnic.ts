import type { Answer } from '@vfleet/bus/bus';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { UpgradeVnic } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import type { Begin } from '../begin.ts';
import { operationOf } from '../core/begin-operation.ts';
import { placeVnics } from '../core/place-vnics.ts';
import type { Placement } from '../core/placement.ts';
import { beginPlug, onlyVnic, refuseUpgrade } from '../core/plug-intents.ts';
import { refuseOperation } from '../core/refuse-operation.ts';
import { demandingVf } from '../core/run-vm.ts';
import type { Fleet } from '../fleet.ts';
import { rememberedOperation } from '../remembered-operation.ts';

/** Only a VF will do now: the bridge is what the vNIC has. */
export const upgradeVnic =
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
  }): Answer<typeof UpgradeVnic> =>
  async (message) => {
    const { vm: ref, vnic: vnicRef } = message.payload;
    const found = await asks.ask(ResolveVnics, { vm: ref, vnic: vnicRef }, message);
    if (!found.ok) return (await rememberedOperation(placements, message.id)) ?? found;
    const resolved = found.reply;
    const vnic = onlyVnic(resolved);
    return begin(message, resolved.id, async (placement) => {
      const refusals = refuseOperation(placement, 'upgrade', resolved);
      if (!placement || refusals.length > 0) return { ok: false, refusals };
      const whole = refuseUpgrade(placement, vnic, resolved.name);
      if (whole.length > 0) return { ok: false, refusals: whole };
      const only = placement.at?.host.id;
      const pick = await fleet.pick(demandingVf(resolved), { excluded: new Map(), only, purpose: 'plug' });
      if (!pick.ok) return pick;
      return {
        ok: true,
        pick,
        placement: ({ now, newId }) => {
          const operation = operationOf(message, { kind: 'upgrade', vnicId: vnic.id }, now);
          const on = placeVnics(pick, { ...placement, now, newId });
          return beginPlug(placement, { operation, resolved, on, now });
        },
      };
    });
  };
