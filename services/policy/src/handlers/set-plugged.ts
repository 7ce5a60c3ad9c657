import type { Answer } from '@vfleet/bus/bus';
import type { SetPlugged } from '@vfleet/contracts/policy/runs';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { decidePlugged } from '../core/decide-plugged.ts';
import { noSuchVm } from '../core/decide-vm.ts';
import { pluggedVnics, resolveVm } from '../core/resolve-vm.ts';
import type { StoredVm } from '../core/vm.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { readRunSurroundings } from '../reads/read-surroundings.ts';
import { vmChanged } from '../vm-fact.ts';

/** The flag is what makes it happen once, so no answer is stored. What all vNICs refer to is read: one of them changes. */
export const setPlugged =
  (needs: OwnedCollections): Answer<typeof SetPlugged> =>
  (message) => {
    const { vm: id } = message.payload;
    return decideAndPut(
      needs.vms,
      id,
      message,
      (stored, _, __, surroundings) => {
        if (!stored || !surroundings) return { ok: false, refusals: [noSuchVm(id)] };
        const decision = decidePlugged(stored.body, message.payload);
        if (!decision.ok) return decision;
        const { vm, changed } = decision;
        const reply = resolveVm(vm, pluggedVnics(vm), surroundings);
        if (!changed) return { ok: true, body: 'unchanged', reply };
        return { ok: true, body: vm, reply, facts: [vmChanged(id, 'updated')] };
      },
      {
        answers: 'none',
        read: async (stored: Stored<StoredVm> | undefined) =>
          stored && readRunSurroundings(needs, stored.body, stored.body.nics),
      },
    );
  };
