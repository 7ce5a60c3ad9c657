import type { Answer } from '@vfleet/bus/bus';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { MigrateVm } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import type { Begin } from '../begin.ts';
import { operationOf } from '../core/begin-operation.ts';
import { beginMigration, notDestinations, refuseMigration } from '../core/migration-intent.ts';
import { placeVnics } from '../core/place-vnics.ts';
import type { Placement } from '../core/placement.ts';
import { refuseOperation } from '../core/refuse-operation.ts';
import { findHost } from '../find-host.ts';
import type { Fleet } from '../fleet.ts';
import { rememberedOperation } from '../remembered-operation.ts';

export const migrateVm =
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
  }): Answer<typeof MigrateVm> =>
  async (message) => {
    const found = await asks.ask(ResolveVnics, { vm: message.payload.vm }, message);
    if (!found.ok) return (await rememberedOperation(placements, message.id)) ?? found;
    const resolved = found.reply;
    return begin(message, resolved.id, async (placement) => {
      const refusals = refuseOperation(placement, 'migrate', resolved);
      if (!placement || refusals.length > 0) return { ok: false, refusals };
      const stuck = refuseMigration(placement, resolved);
      if (stuck.length > 0) return { ok: false, refusals: stuck };
      const host = await findHost(fleet, message.payload.host);
      if (!host.ok) return host;
      const pick = await fleet.pick(resolved, { excluded: notDestinations(placement), only: host.id });
      if (!pick.ok) return pick;
      return {
        ok: true,
        pick,
        placement: ({ now, newId }) => {
          const operation = operationOf(message, { kind: 'migrate', hostId: host.id ?? null }, now);
          const { attempt, guestAddresses } = placement;
          const on = placeVnics(pick, { attempt: attempt + 1, guestAddresses, now, newId });
          return beginMigration(placement, { operation, resolved, on, now });
        },
      };
    });
  };
