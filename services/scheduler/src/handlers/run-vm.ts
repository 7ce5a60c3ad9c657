import type { Answer } from '@vfleet/bus/bus';
import type { Message } from '@vfleet/contracts/envelope';
import { type ResolvedVm, ResolveVnics } from '@vfleet/contracts/policy/runs';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { RunVm } from '@vfleet/contracts/scheduler/runs';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Asks } from '../asks.ts';
import { beginStart, operationOf } from '../core/begin-operation.ts';
import { operationView } from '../core/operation-view.ts';
import { placeVnics } from '../core/place-vnics.ts';
import type { Placement } from '../core/placement.ts';
import { refuseOperation } from '../core/refuse-operation.ts';
import { runVmOf } from '../core/run-vm.ts';
import type { Drive } from '../drive.ts';
import type { Fleet, Pick } from '../fleet.ts';
import type { KeptPicks } from '../kept-picks.ts';
import { placementFacts } from '../put-placement.ts';
import { rememberedOperation } from '../remembered-operation.ts';

type Picked = Extract<Pick, { ok: true }>;
type Choice = { ok: false; refusals: Refusal[] } | { ok: true; hostId: string | null; pick: Picked };

/**
 * The host is chosen between the rules and the put, anew for every attempt at it. The reply follows the put, which names
 * host, attempt and claims; what comes after is driven on beside it.
 */
export const runVm =
  ({
    placements,
    asks,
    fleet,
    picks,
    drive,
  }: {
    placements: Deciding<Placement>;
    asks: Asks;
    fleet: Fleet;
    picks: KeptPicks;
    drive: Drive;
  }): Answer<typeof RunVm> =>
  async (message) => {
    const resolved = await asks.ask(ResolveVnics, { vm: message.payload.vm }, message);
    if (!resolved.ok) return (await rememberedOperation(placements.documents, message.id)) ?? resolved;
    const vm = resolved.reply;
    const unkept = new Set<Picked>();
    try {
      return await decideAndPut(
        placements,
        vm.id,
        message,
        (stored, _, { now, newId }, choice: Choice) => {
          if (!choice.ok) return choice;
          const attempt = (stored?.body.attempt ?? 0) + 1;
          const guestAddresses = stored?.body.guestAddresses ?? [];
          const on = placeVnics(choice.pick, { attempt, guestAddresses, now, newId });
          const operation = operationOf(message, { kind: 'start', hostId: choice.hostId }, now);
          const begun = beginStart(stored?.body, { operation, vm: runVmOf(vm), on, placementId: newId(), now });
          const body = drive.lease(begun);
          const reply = operationView(body, operation.id);
          if (!reply) throw new Error(`operation ${operation.id} was not begun`);
          return { ok: true, body, reply, facts: placementFacts(stored?.body, body), plan: choice.pick };
        },
        {
          read: async (stored) => {
            const choice = await choose(stored, vm, message);
            if (choice.ok) unkept.add(choice.pick);
            return choice;
          },
          afterPut: (document, { plan }) => {
            if (!document || !plan) return;
            unkept.delete(plan);
            picks.keep(document.body, plan);
            drive.goOn(document);
          },
        },
      );
    } finally {
      for (const pick of unkept) pick.givenUp();
    }

    async function choose(
      stored: Stored<Placement> | undefined,
      { name }: ResolvedVm,
      { payload }: Message<{ host?: string | undefined }>,
    ): Promise<Choice> {
      const refusals = refuseOperation(stored?.body, 'start', { name });
      if (refusals.length > 0) return { ok: false, refusals };
      const host = payload.host === undefined ? undefined : await fleet.find(payload.host);
      if (payload.host !== undefined && !host) {
        return { ok: false, refusals: [refusal('HOST_NOT_EXIST', `No host has the id or the name ${payload.host}.`)] };
      }
      const pick = await fleet.pick(vm, { excluded: new Map(), only: host?.id });
      return pick.ok ? { ok: true, hostId: host?.id ?? null, pick } : pick;
    }
  };
