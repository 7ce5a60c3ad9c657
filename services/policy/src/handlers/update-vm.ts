import type { Answer } from '@vfleet/bus/bus';
import type { UpdateVm } from '@vfleet/contracts/policy/vms';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { decideUpdateVm, noSuchVm, vmTaken } from '../core/decide-vm.ts';
import type { StoredVm } from '../core/vm.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { readVmRelated } from '../reads/read-vm-related.ts';
import { vmChanged } from '../vm-fact.ts';

export const updateVm =
  (needs: OwnedCollections): Answer<typeof UpdateVm> =>
  (message) => {
    const { vm: ref, fields } = message.payload;
    return onEntity({ documents: needs.vms.documents, none: noSuchVm }, ref, ({ id }) =>
      decideAndPut(
        needs.vms,
        id,
        message,
        (stored, _, __, reading) => {
          if (!stored || !reading) return { ok: false, refusals: [noSuchVm(ref)] };
          const decision = decideUpdateVm(stored.body, message.payload, reading.related);
          if (!decision.ok) return decision;
          const { vm } = decision;
          if (!vm) return { ok: true, body: 'unchanged', reply: reading.view(stored.body) };
          const facts = [vmChanged(id, 'updated')];
          return { ok: true, body: vm, reply: reading.view(vm), facts, restsOn: reading.restsOn(vm) };
        },
        {
          read: async (stored: Stored<StoredVm> | undefined) =>
            stored && readVmRelated(needs, id, { asked: fields, before: stored.body }),
          onDuplicate: (duplicate) => [vmTaken({ id, name: duplicate.value }, duplicate)],
        },
      ),
    );
  };
