import type { Answer } from '@vfleet/bus/bus';
import type { AddVfsConfigLabel } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideAddAllowedLabel } from '../core/decide-allowed-label.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** The labels of every listed network are known when it is decided which of them it brings in. */
export const addVfsConfigLabel =
  ({ hosts, networks }: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Answer<typeof AddVfsConfigLabel> =>
  (message) =>
    changeLists(hosts, message, {
      read: ({ vfsConfigs }) => networks.know(vfsConfigs.flatMap(({ networkIds }) => networkIds)),
      decide: (ledger) => decideAddAllowedLabel(ledger, message.payload, networks.known),
    });
