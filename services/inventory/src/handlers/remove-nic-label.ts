import type { Answer } from '@vfleet/bus/bus';
import type { RemoveNicLabel } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideRemoveNicLabel } from '../core/decide-nic-label.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** The labels of every listed network are known when it is decided which of them go with it. */
export const removeNicLabel =
  ({ hosts, networks }: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Answer<typeof RemoveNicLabel> =>
  (message) =>
    changeLists(hosts, message, {
      read: ({ nics }) => networks.know(nics.flatMap(({ networkIds }) => networkIds)),
      decide: (ledger) => decideRemoveNicLabel(ledger, message.payload, networks.known),
    });
