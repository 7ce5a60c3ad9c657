import type { Answer } from '@vfleet/bus/bus';
import type { ResolveVnics } from '@vfleet/contracts/policy/runs';
import { noSuchVm } from '../core/decide-vm.ts';
import { findVnic, noSuchVnic } from '../core/find-vnic.ts';
import { pluggedVnics, resolveVm } from '../core/resolve-vm.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';
import { readRunSurroundings } from '../reads/read-surroundings.ts';

export const resolveVnics =
  (needs: OwnedCollections): Answer<typeof ResolveVnics> =>
  ({ payload: { vm: ref, vnic } }) =>
    onEntity({ documents: needs.vms.documents, none: noSuchVm }, ref, async ({ body: vm }) => {
      const only = vnic === undefined ? undefined : findVnic(vm, vnic);
      if (vnic !== undefined && !only) return { ok: false, refusals: [noSuchVnic(vm, vnic)] };
      const vnics = only ? [only] : pluggedVnics(vm);
      return { ok: true, reply: resolveVm(vm, vnics, await readRunSurroundings(needs, vm, vnics)) };
    });
