import type { Answer } from '@vfleet/bus/bus';
import type { AddNicLabel } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideAddNicLabel } from '../core/decide-nic-label.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** The labels of every listed network are known when it is decided which of them it brings in. */
export const addNicLabel =
  ({ hosts, networks }: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Answer<typeof AddNicLabel> =>
  (message) =>
    changeLists(hosts, message, {
      read: ({ nics }) => networks.know(nics.flatMap(({ networkIds }) => networkIds)),
      decide: (ledger) => decideAddNicLabel(ledger, message.payload, networks.known),
    });
