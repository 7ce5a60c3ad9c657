import type { Answer } from '@vfleet/bus/bus';
import type { ListNicNetworks } from '@vfleet/contracts/inventory-networks';
import type { Documents } from '@vfleet/documents/documents';
import { networksOfNic } from '../core/effective-networks.ts';
import { findNic, noSuchNic } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { pageInNameOrder } from '../core/name-order.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

export const listNicNetworks =
  ({ hosts, networks }: { hosts: Documents<Ledger>; networks: FollowedNetworks }): Answer<typeof ListNicNetworks> =>
  ({ payload }) =>
    onHost(hosts, payload.host, async ({ body }) => {
      const found = findNic(body, payload.nic);
      if (!found) return { ok: false, refusals: [noSuchNic(body, payload.nic)] };
      if (found.kind === 'vf') return { ok: true, reply: { items: [], next: null } };
      const known = await networks.knownFor([found.nic]);
      return { ok: true, reply: pageInNameOrder(networksOfNic(body, found.nic, known), payload) };
    });
