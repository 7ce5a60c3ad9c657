import type { Answer } from '@vfleet/bus/bus';
import type { ListNics } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Ledger } from '../core/ledger.ts';
import { idOf, listNics as nicsOf, nicView } from '../core/nic-view.ts';
import { pageOfSorted } from '../core/page.ts';
import { onHost } from '../find-host.ts';

export const listNics =
  ({ hosts }: { hosts: Documents<Ledger> }): Answer<typeof ListNics> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ body }) => {
      const { items, next } = pageOfSorted(nicsOf(body), idOf, payload);
      return { ok: true, reply: { items: items.map((nic) => nicView(body, nic)), next } };
    });
