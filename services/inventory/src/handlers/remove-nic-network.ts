import type { Answer } from '@vfleet/bus/bus';
import type { RemoveNicNetwork } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideRemoveNicNetwork } from '../core/decide-nic-network.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** A listed id is taken off without asking; policy says what any other reference names. */
export const removeNicNetwork =
  ({ hosts, networks }: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Answer<typeof RemoveNicNetwork> =>
  (message) =>
    changeLists(hosts, message, {
      read: ({ nics }) => networks.resolveListed(message.payload.network, nics, message),
      decide: (ledger, network) => decideRemoveNicNetwork(ledger, message.payload, { network, known: networks.known }),
    });
