import type { Answer } from '@vfleet/bus/bus';
import type { ListVfsConfigNetworks } from '@vfleet/contracts/inventory-networks';
import type { Documents } from '@vfleet/documents/documents';
import { effectiveNetworks } from '../core/effective-networks.ts';
import { findVfsConfig } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { pageInNameOrder } from '../core/name-order.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

export const listVfsConfigNetworks =
  ({
    hosts,
    networks,
  }: {
    hosts: Documents<Ledger>;
    networks: FollowedNetworks;
  }): Answer<typeof ListVfsConfigNetworks> =>
  ({ payload }) =>
    onHost(hosts, payload.host, async ({ body }) => {
      const found = findVfsConfig(body, payload);
      if (!found.ok) return found;
      const known = await networks.knownFor([found.config]);
      return { ok: true, reply: pageInNameOrder(effectiveNetworks(found.config, known), payload) };
    });
