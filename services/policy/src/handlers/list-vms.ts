import type { Answer } from '@vfleet/bus/bus';
import type { ListVms } from '@vfleet/contracts/policy/vms';
import { fitting } from '../core/fitting.ts';
import { cursorAfter } from '../core/named-page.ts';
import { vmView } from '../core/vm-view.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { listByName } from '../reads/list-by-name.ts';
import { readVmSurroundings } from '../reads/read-surroundings.ts';

/** A VM can be 64 KB of XML and 64 vNICs, so a page may end before its limit. */
export const listVms =
  (needs: OwnedCollections): Answer<typeof ListVms> =>
  async ({ payload }) => {
    const { page, next } = await listByName(needs.vms.documents, payload);
    const surroundings = await readVmSurroundings(needs, page);
    const items = fitting(page.map((vm) => vmView(vm, surroundings)));
    const last = items.at(-1);
    return { ok: true, reply: { items, next: last && items.length < page.length ? cursorAfter(last) : next } };
  };
