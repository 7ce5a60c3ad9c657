import type { Answer } from '@vfleet/bus/bus';
import type { RemoveVfsConfigLabel } from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { changeLists } from '../change-lists.ts';
import { decideRemoveAllowedLabel } from '../core/decide-allowed-label.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

/** The labels of every listed network are known when it is decided which of them go with it. */
export const removeVfsConfigLabel =
  ({ hosts, networks }: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Answer<typeof RemoveVfsConfigLabel> =>
  (message) =>
    changeLists(hosts, message, {
      read: ({ vfsConfigs }) => networks.know(vfsConfigs.flatMap(({ networkIds }) => networkIds)),
      decide: (ledger) => decideRemoveAllowedLabel(ledger, message.payload, networks.known),
    });
