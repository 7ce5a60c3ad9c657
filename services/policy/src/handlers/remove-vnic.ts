import type { Answer } from '@vfleet/bus/bus';
import type { RemoveVnic } from '@vfleet/contracts/policy/vms';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import { noSuchVm } from '../core/decide-vm.ts';
import { decideRemoveVnic } from '../core/decide-vnic.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { vmChanged } from '../vm-fact.ts';

export const removeVnic =
  ({ vms }: Pick<OwnedCollections, 'vms'>): Answer<typeof RemoveVnic> =>
  (message) => {
    const { vm: ref } = message.payload;
    return onEntity({ documents: vms.documents, none: noSuchVm }, ref, ({ id }) =>
      decideAndPut(vms, id, message, (stored) => {
        if (!stored) return { ok: false, refusals: [noSuchVm(ref)] };
        const decision = decideRemoveVnic(stored.body, message.payload);
        if (!decision.ok) return decision;
        return { ok: true, body: decision.vm, reply: {}, facts: [vmChanged(id, 'updated')] };
      }),
    );
  };
