import type { Answer } from '@vfleet/bus/bus';
import type { RemoveVfsConfigNetwork } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideRemoveAllowedNetwork } from '../core/decide-allowed-network.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** A listed id is taken off without asking; policy says what any other reference names. */
export const removeVfsConfigNetwork =
  ({
    hosts,
    networks,
  }: {
    hosts: Deciding<Ledger>;
    networks: FollowedNetworks;
  }): Answer<typeof RemoveVfsConfigNetwork> =>
  (message) =>
    changeLists(hosts, message, {
      read: ({ vfsConfigs }) => networks.resolveListed(message.payload.network, vfsConfigs, message),
      decide: (ledger, network) =>
        decideRemoveAllowedNetwork(ledger, message.payload, { network, known: networks.known }),
    });
