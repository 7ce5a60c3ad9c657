import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { refusal } from '@vfleet/contracts/refusals';
import type { Vnic } from '@vfleet/contracts/vocabulary/vnic';
import { decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { noSuchVm } from './core/decide-vm.ts';
import type { VnicDecision } from './core/decide-vnic.ts';
import type { StoredVm } from './core/vm.ts';
import type { OwnedCollections } from './owned-collections.ts';
import { onEntity } from './reads/find-entity.ts';
import type { VnicReading } from './reads/read-vnic-related.ts';
import { vmChanged } from './vm-fact.ts';

type Steps<Reading> = {
  read: (vm: StoredVm) => Promise<Reading>;
  decide: (vm: StoredVm, reading: Reading) => VnicDecision;
};

/**
 * Puts a vNIC into the VM that `ref` names, as `decide` says on what `read` finds.
 *
 * A MAC address that another VM got after it was looked for is looked for again: each such round another command has got
 * its own, so it ends. A pool that is found full is looked at once more, for a redelivery may have seen in it the address
 * that its first delivery was just taking, whose answer it finds then.
 */
export function putVnic<Payload, Reading extends VnicReading>(
  { vms }: Pick<OwnedCollections, 'vms'>,
  message: Message<Payload & { vm: string }>,
  steps: Steps<Reading>,
): Promise<Verdict<Vnic>> {
  return onEntity({ documents: vms.documents, none: noSuchVm }, message.payload.vm, async ({ id }) => {
    for (let wasFull = false; ; ) {
      const { verdict, isMacLost } = await tryToPut({ vms, id }, message, steps);
      const isFull = !verdict.ok && verdict.refusals.some(({ code }) => code === 'MAC_POOL_EXHAUSTED');
      if (!isMacLost && (!isFull || wasFull)) return verdict;
      wasFull = isFull;
    }
  });
}

async function tryToPut<Payload, Reading extends VnicReading>(
  { vms, id }: Pick<OwnedCollections, 'vms'> & { id: string },
  message: Message<Payload & { vm: string }>,
  { read, decide }: Steps<Reading>,
): Promise<{ verdict: Verdict<Vnic>; isMacLost: boolean }> {
  let isMacLost = false;
  const verdict = await decideAndPut(
    vms,
    id,
    message,
    (stored, _, __, reading) => {
      if (!stored || !reading) return { ok: false, refusals: [noSuchVm(message.payload.vm)] };
      const decision = decide(stored.body, reading);
      if (!decision.ok) return decision;
      const { vm, vnic } = decision;
      const reply = reading.view(vnic);
      if (!decision.changed) return { ok: true, body: 'unchanged', reply };
      return { ok: true, body: vm, reply, facts: [vmChanged(id, 'updated')], restsOn: reading.restsOn(vnic) };
    },
    {
      read: async (stored: Stored<StoredVm> | undefined) => stored && read(stored.body),
      onDuplicate: ({ key, value, holder }) => {
        isMacLost = key === 'mac';
        const code = isMacLost ? 'NETWORK_MAC_ADDRESS_IN_USE' : 'ID_ALREADY_USED';
        return [refusal(code, `The virtual machine with the id ${holder} has a vNIC with ${value}.`)];
      },
    },
  );
  return { verdict, isMacLost };
}
