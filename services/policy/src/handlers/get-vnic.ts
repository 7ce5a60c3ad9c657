import type { Answer } from '@vfleet/bus/bus';
import type { GetVnic } from '@vfleet/contracts/policy/vms';
import { noSuchVm } from '../core/decide-vm.ts';
import { findVnic, noSuchVnic } from '../core/find-vnic.ts';
import { vnicView } from '../core/vm-view.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { readVmSurroundings } from '../reads/read-surroundings.ts';

export const getVnic =
  (needs: OwnedCollections): Answer<typeof GetVnic> =>
  ({ payload }) =>
    onEntity({ documents: needs.vms.documents, none: noSuchVm }, payload.vm, async ({ body: vm }) => {
      const vnic = findVnic(vm, payload.vnic);
      if (!vnic) return { ok: false, refusals: [noSuchVnic(vm, payload.vnic)] };
      const surroundings = await readVmSurroundings(needs, [{ ...vm, nics: [vnic] }]);
      return { ok: true, reply: { resource: vnicView(vnic, surroundings), version: vnic.revision } };
    });
