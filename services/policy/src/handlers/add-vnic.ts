import type { Answer } from '@vfleet/bus/bus';
import type { AddVnic } from '@vfleet/contracts/policy/vms';
import { decideAddVnic } from '../core/decide-vnic.ts';
import type { MacRange } from '../core/mac-pool.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { putVnic } from '../put-vnic.ts';
import { pickMac } from '../reads/pick-mac.ts';
import { readVnicRelated } from '../reads/read-vnic-related.ts';

/** The MAC address that a vNIC gets from the pool is in the stored answer: redelivered, the command gets it again. */
export const addVnic =
  (needs: OwnedCollections & { macPool: MacRange; random: () => number }): Answer<typeof AddVnic> =>
  (message) => {
    const { fields } = message.payload;
    return putVnic(needs, message, {
      read: async (vm) => {
        const reading = await readVnicRelated(needs, vm, { asked: fields, before: undefined });
        return { ...reading, mac: fields.mac ?? (await pickMac(needs.vms.documents, needs)) };
      },
      decide: (vm, { related, mac }) => decideAddVnic(vm, message.payload, { ...related, mac }),
    });
  };
