import type { Answer } from '@vfleet/bus/bus';
import type { ListNics } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Ledger } from '../core/ledger.ts';
import { idOf, listsOf, listNics as nicsOf, nicViews } from '../core/nic-view.ts';
import { pageOfSorted } from '../core/page.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

export const listNics =
  ({ hosts, networks }: { hosts: Documents<Ledger>; networks: FollowedNetworks }): Answer<typeof ListNics> =>
  ({ payload }) =>
    onHost(hosts, payload.host, async ({ body }) => {
      const { items, next } = pageOfSorted(nicsOf(body), idOf, payload);
      const known = await networks.knownFor(items.flatMap(listsOf));
      return { ok: true, reply: { items: items.map(nicViews(body, known)), next } };
    });
