import type { Answer } from '@vfleet/bus/bus';
import type { AddNicNetwork } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideAddNicNetwork } from '../core/decide-nic-network.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** Policy says what the reference names: one made a moment ago is found, one removed is not. */
export const addNicNetwork =
  ({ hosts, networks }: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Answer<typeof AddNicNetwork> =>
  (message) =>
    changeLists(hosts, message, {
      read: () => networks.resolve(message.payload.network, message),
      decide: (ledger, network) => decideAddNicNetwork(ledger, message.payload, { network, known: networks.known }),
    });
