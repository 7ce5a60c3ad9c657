import type { Answer } from '@vfleet/bus/bus';
import type { RemoveVm } from '@vfleet/contracts/policy/vms';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import { brokenVmRemovalRules, noSuchVm } from '../core/decide-vm.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { findEntity } from '../reads/find-entity.ts';
import { vmChanged } from '../vm-fact.ts';

export const removeVm =
  ({ vms }: Pick<OwnedCollections, 'vms'>): Answer<typeof RemoveVm> =>
  async (message) => {
    const { vm: ref } = message.payload;
    const id = (await findEntity(vms.documents, ref))?.id ?? ref;
    return decideAndPut(vms, id, message, (stored) => {
      if (!stored) return { ok: false, refusals: [noSuchVm(ref)] };
      const refusals = brokenVmRemovalRules(stored.body, message.payload);
      if (refusals.length > 0) return { ok: false, refusals };
      return { ok: true, body: 'remove', reply: {}, facts: [vmChanged(id, 'removed')] };
    });
  };
