import type { Answer } from '@vfleet/bus/bus';
import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import type { StopVm } from '@vfleet/contracts/scheduler/runs';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Asks } from '../asks.ts';
import { advance } from '../core/advance.ts';
import { endAtOnce, operationOf } from '../core/begin-operation.ts';
import { operationView } from '../core/operation-view.ts';
import type { Placement } from '../core/placement.ts';
import type { Drive } from '../drive.ts';
import { placementFacts } from '../put-placement.ts';
import { rememberedOperation } from '../remembered-operation.ts';

/** A VM that is placed is found without policy: what runs can be stopped while policy is away. */
export const stopVm =
  ({ placements, asks, drive }: { placements: Deciding<Placement>; asks: Asks; drive: Drive }): Answer<typeof StopVm> =>
  async (message) => {
    const found = await findVm(message);
    if (!found.ok) return (await rememberedOperation(placements.documents, message.id)) ?? found;
    const vm = found.reply;
    return decideAndPut(
      placements,
      vm.id,
      message,
      (stored, { payload: { force } }, { now, newId }) => {
        const operation = operationOf(message, { kind: 'stop', force }, now);
        const before = stored?.body;
        const stopping = before && advance(before, { kind: 'stop-asked', operation }, { now });
        const body = stopping ? drive.lease(stopping) : endAtOnce(before, { operation, vm, placementId: newId(), now });
        const reply = operationView(body, operation.id);
        if (!reply) throw new Error(`operation ${operation.id} was not begun`);
        return { ok: true, body, reply, facts: placementFacts(before, body) };
      },
      { afterPut: (document) => document && drive.goOn(document) },
    );

    async function findVm({ payload }: Message<{ vm: string }>): Promise<Verdict<{ id: string; name: string }>> {
      const placed = await placements.documents.get(payload.vm);
      if (placed && placed.body.state !== 'down') {
        return { ok: true, reply: { id: placed.id, name: placed.body.vmName } };
      }
      return asks.ask(ResolveVnics, { vm: payload.vm }, message);
    }
  };
