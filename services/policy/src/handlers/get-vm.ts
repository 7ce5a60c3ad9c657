import type { Answer } from '@vfleet/bus/bus';
import type { GetVm } from '@vfleet/contracts/policy/vms';
import { noSuchVm } from '../core/decide-vm.ts';
import { vmView } from '../core/vm-view.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { readVmSurroundings } from '../reads/read-surroundings.ts';

export const getVm =
  (needs: OwnedCollections): Answer<typeof GetVm> =>
  ({ payload }) =>
    onEntity({ documents: needs.vms.documents, none: noSuchVm }, payload.vm, async ({ body: vm }) => ({
      ok: true,
      reply: { resource: vmView(vm, await readVmSurroundings(needs, [vm])), version: vm.revision },
    }));
