import type { Answer } from '@vfleet/bus/bus';
import type { BeginRun } from '@vfleet/contracts/policy/runs';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { decideBeginRun } from '../core/decide-run.ts';
import { noSuchVm } from '../core/decide-vm.ts';
import { pluggedVnics, resolveVm } from '../core/resolve-vm.ts';
import type { StoredVm } from '../core/vm.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { readRunSurroundings } from '../reads/read-surroundings.ts';
import { vmChanged } from '../vm-fact.ts';

/**
 * The placement's id is what makes it happen once, so no answer is stored: one of 64 vNICs and a domain's XML would be
 * kept in the VM's document many times.
 */
export const beginRun =
  (needs: OwnedCollections): Answer<typeof BeginRun> =>
  (message) => {
    const { vm: ref, placementId } = message.payload;
    return onEntity({ documents: needs.vms.documents, none: noSuchVm }, ref, ({ id }) =>
      decideAndPut(
        needs.vms,
        id,
        message,
        (stored, _, __, surroundings) => {
          if (!stored || !surroundings) return { ok: false, refusals: [noSuchVm(ref)] };
          const decision = decideBeginRun(stored.body, placementId);
          if (!decision.ok) return decision;
          const { vm, changed } = decision;
          const reply = resolveVm(vm, pluggedVnics(vm), surroundings);
          if (!changed) return { ok: true, body: 'unchanged', reply };
          return { ok: true, body: vm, reply, facts: [vmChanged(id, 'updated')] };
        },
        {
          answers: 'none',
          read: async (stored: Stored<StoredVm> | undefined) =>
            stored && readRunSurroundings(needs, stored.body, pluggedVnics(stored.body)),
        },
      ),
    );
  };
