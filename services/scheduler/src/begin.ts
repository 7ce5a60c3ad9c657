import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import type { Refusal } from '@vfleet/contracts/refusals';
import type { Operation } from '@vfleet/contracts/vocabulary/operation';
import { type Deciding, decideAndPut, type Given } from '@vfleet/documents/decide-and-put';
import { operationView } from './core/operation-view.ts';
import type { Placement } from './core/placement.ts';
import type { Drive } from './drive.ts';
import type { Pick } from './fleet.ts';
import type { KeptPicks } from './kept-picks.ts';
import { placementFacts } from './put-placement.ts';

export type Picked = Extract<Pick, { ok: true }>;

/**
 * Why an operation cannot begin; or the placement with the operation in it, open, or ended already where nothing is to be
 * done, and what was picked for it.
 */
export type Intent =
  | { ok: false; refusals: Refusal[] }
  | { ok: true; pick?: Picked; placement: (given: Given) => Placement };

/**
 * Begins an operation of a VM by one put, its intent, and drives it on beside the reply. The intent is made of the
 * placement as it is, anew for every attempt at the put; what was picked for one that was not put is given back.
 */
export type Begin = <Payload>(
  message: Message<Payload>,
  vmId: string,
  intend: (placement: Placement | undefined) => Promise<Intent>,
) => Promise<Verdict<Operation>>;

export function makeBegin({
  placements,
  picks,
  drive,
}: {
  placements: Deciding<Placement>;
  picks: KeptPicks;
  drive: Drive;
}): Begin {
  return async (message, vmId, intend) => {
    const unkept = new Set<Picked>();
    try {
      return await decideAndPut(
        placements,
        vmId,
        message,
        (stored, _, given, intent: Intent) => {
          if (!intent.ok) return intent;
          const body = drive.lease(intent.placement(given));
          const reply = operationView(body, message.id);
          if (!reply) throw new Error(`operation ${message.id} was not begun`);
          return { ok: true, body, reply, facts: placementFacts(stored?.body, body), plan: { pick: intent.pick } };
        },
        {
          read: async (stored) => {
            const intent = await intend(stored?.body);
            if (intent.ok && intent.pick) unkept.add(intent.pick);
            return intent;
          },
          afterPut: (document, { plan: { pick } = { pick: undefined } }) => {
            if (!document) return;
            if (pick) {
              unkept.delete(pick);
              picks.keep(document.body, pick);
            }
            drive.goOn(document);
          },
        },
      );
    } finally {
      for (const pick of unkept) pick.givenUp();
    }
  };
}
