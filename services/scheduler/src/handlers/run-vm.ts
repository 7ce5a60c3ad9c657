import type { Answer } from '@vfleet/bus/bus';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { RunVm } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import type { Begin } from '../begin.ts';
import { beginStart, operationOf } from '../core/begin-operation.ts';
import { placeVnics } from '../core/place-vnics.ts';
import type { Placement } from '../core/placement.ts';
import { refuseOperation } from '../core/refuse-operation.ts';
import { runVmOf } from '../core/run-vm.ts';
import { findHost } from '../find-host.ts';
import type { Fleet } from '../fleet.ts';
import { rememberedOperation } from '../remembered-operation.ts';

/** The reply follows the put that names host, attempt and claims. */
export const runVm =
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
  }): Answer<typeof RunVm> =>
  async (message) => {
    const resolved = await asks.ask(ResolveVnics, { vm: message.payload.vm }, message);
    if (!resolved.ok) return (await rememberedOperation(placements, message.id)) ?? resolved;
    const vm = resolved.reply;
    return begin(message, vm.id, async (placement) => {
      const refusals = refuseOperation(placement, 'start', vm);
      if (refusals.length > 0) return { ok: false, refusals };
      const host = await findHost(fleet, message.payload.host);
      if (!host.ok) return host;
      const pick = await fleet.pick(vm, { excluded: new Map(), only: host.id });
      if (!pick.ok) return pick;
      return {
        ok: true,
        pick,
        placement: ({ now, newId }) => {
          const operation = operationOf(message, { kind: 'start', hostId: host.id ?? null }, now);
          const { attempt = 0, guestAddresses = [] } = placement ?? {};
          const on = placeVnics(pick, { attempt: attempt + 1, guestAddresses, now, newId });
          return beginStart(placement, { operation, vm: runVmOf(vm), on, placementId: newId(), now });
        },
      };
    });
  };
