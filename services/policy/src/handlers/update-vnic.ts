import type { Answer } from '@vfleet/bus/bus';
import type { UpdateVnic } from '@vfleet/contracts/policy/vms';
import { decideUpdateVnic } from '../core/decide-vnic.ts';
import { findVnic } from '../core/find-vnic.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { putVnic } from '../put-vnic.ts';
import { readVnicRelated } from '../reads/read-vnic-related.ts';

export const updateVnic =
  (needs: OwnedCollections): Answer<typeof UpdateVnic> =>
  (message) => {
    const { vnic, fields } = message.payload;
    return putVnic(needs, message, {
      read: (vm) => readVnicRelated(needs, vm, { asked: fields, before: findVnic(vm, vnic) }),
      decide: (vm, { related }) => decideUpdateVnic(vm, message.payload, related),
    });
  };
