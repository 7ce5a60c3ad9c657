import type { Answer } from '@vfleet/bus/bus';
import type { ListVnics } from '@vfleet/contracts/policy/vms';
import { noSuchVm } from '../core/decide-vm.ts';
import { vnicView } from '../core/vm-view.ts';
import { pageOfVnics } from '../core/vnic-page.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { readVmSurroundings } from '../reads/read-surroundings.ts';

export const listVnics =
  (needs: OwnedCollections): Answer<typeof ListVnics> =>
  ({ payload }) =>
    onEntity({ documents: needs.vms.documents, none: noSuchVm }, payload.vm, async ({ body: vm }) => {
      const { page, next } = pageOfVnics(vm, payload);
      const surroundings = await readVmSurroundings(needs, [{ ...vm, nics: page }]);
      return { ok: true, reply: { items: page.map((vnic) => vnicView(vnic, surroundings)), next } };
    });
