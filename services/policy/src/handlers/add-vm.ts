import type { Answer } from '@vfleet/bus/bus';
import type { AddVm } from '@vfleet/contracts/policy/vms';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import { decideAddVm, vmTaken } from '../core/decide-vm.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { readVmRelated } from '../reads/read-vm-related.ts';
import { vmChanged } from '../vm-fact.ts';

export const addVm =
  (needs: OwnedCollections): Answer<typeof AddVm> =>
  (message) => {
    const { vmId, fields } = message.payload;
    return decideAndPut(
      needs.vms,
      vmId,
      message,
      (stored, _, __, { related, restsOn, view }) => {
        const decision = decideAddVm(message.payload, { ...related, holder: stored?.body });
        if (!decision.ok) return decision;
        const { vm } = decision;
        return { ok: true, body: vm, reply: view(vm), facts: [vmChanged(vmId, 'added')], restsOn: restsOn(vm) };
      },
      {
        read: () => readVmRelated(needs, vmId, { asked: fields, before: undefined }),
        onDuplicate: (duplicate) => [vmTaken({ id: vmId, name: fields.name }, duplicate)],
      },
    );
  };
