import { nameKey, searchKey } from '@vfleet/contracts/names';
import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import type { StoredVm, StoredVnic } from './vm.ts';

/** Finds a vNIC of a VM by its id or name; an id wins. */
export function findVnic(vm: StoredVm, ref: string): StoredVnic | undefined {
  return vm.nics.find(({ id }) => id === ref) ?? vm.nics.find(({ name }) => nameKey(name) === nameKey(ref));
}

export function noSuchVnic(vm: StoredVm, ref: string): Refusal {
  return refusal('VNIC_NOT_EXIST', `No vNIC of the virtual machine ${vm.name} has the id or the name ${ref}.`);
}

/** The vNICs of a VM in the order of their names without regard to case, alike ones in that of their ids. */
export function vnicsInOrder({ nics }: StoredVm): StoredVnic[] {
  return nics.toSorted(
    (one, other) => compareText(searchKey(one.name), searchKey(other.name)) || compareText(one.id, other.id),
  );
}

/** In the order of code units: the same on every machine, whatever its language. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
