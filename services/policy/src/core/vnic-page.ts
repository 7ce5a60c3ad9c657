import { searchKey } from '@vfleet/contracts/names';
import type { PageRequest } from '@vfleet/contracts/vocabulary/page';
import { compareText, vnicsInOrder } from './find-vnic.ts';
import { cursorAfter, placeOf } from './named-page.ts';
import type { StoredVm, StoredVnic } from './vm.ts';

/** A page of a VM's vNICs in the order of their names, as other lists are paged; `next` is null on the last. */
export function pageOfVnics(vm: StoredVm, { limit, cursor }: PageRequest): { page: StoredVnic[]; next: string | null } {
  const place = placeOf(cursor);
  const following = vnicsInOrder(vm).filter(
    ({ id, name }) => !place || (compareText(searchKey(name), place.value) || compareText(id, place.id)) > 0,
  );
  const page = following.slice(0, limit);
  const last = page.at(-1);
  return { page, next: last && following.length > limit ? cursorAfter(last) : null };
}
