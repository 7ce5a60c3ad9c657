import type { Answer } from '@vfleet/bus/bus';
import type { EndRun } from '@vfleet/contracts/policy/runs';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import { decideEndRun } from '../core/decide-run.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { vmChanged } from '../vm-fact.ts';

/** A VM that is not there runs nowhere: nothing is left to end. */
export const endRun =
  ({ vms }: Pick<OwnedCollections, 'vms'>): Answer<typeof EndRun> =>
  (message) => {
    const { vm: id, placementId } = message.payload;
    return decideAndPut(
      vms,
      id,
      message,
      (stored) => {
        const vm = stored && decideEndRun(stored.body, placementId);
        return vm
          ? { ok: true, body: vm, reply: {}, facts: [vmChanged(id, 'updated')] }
          : { ok: true, body: 'unchanged', reply: {} };
      },
      { answers: 'none' },
    );
  };
