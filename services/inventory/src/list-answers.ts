import { answers, type Binding } from '@vfleet/bus/bus';
import {
  AddNicLabel,
  AddNicNetwork,
  AddVfsConfigLabel,
  AddVfsConfigNetwork,
  ListNicLabels,
  ListNicNetworks,
  ListVfsConfigLabels,
  ListVfsConfigNetworks,
  RemoveNicLabel,
  RemoveNicNetwork,
  RemoveVfsConfigLabel,
  RemoveVfsConfigNetwork,
} from '@vfleet/contracts/inventory-networks';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import type { Ledger } from './core/ledger.ts';
import type { FollowedNetworks } from './follow-networks.ts';
import { addNicLabel } from './handlers/add-nic-label.ts';
import { addNicNetwork } from './handlers/add-nic-network.ts';
import { addVfsConfigLabel } from './handlers/add-vfs-config-label.ts';
import { addVfsConfigNetwork } from './handlers/add-vfs-config-network.ts';
import { listNicLabels } from './handlers/list-nic-labels.ts';
import { listNicNetworks } from './handlers/list-nic-networks.ts';
import { listVfsConfigLabels } from './handlers/list-vfs-config-labels.ts';
import { listVfsConfigNetworks } from './handlers/list-vfs-config-networks.ts';
import { removeNicLabel } from './handlers/remove-nic-label.ts';
import { removeNicNetwork } from './handlers/remove-nic-network.ts';
import { removeVfsConfigLabel } from './handlers/remove-vfs-config-label.ts';
import { removeVfsConfigNetwork } from './handlers/remove-vfs-config-network.ts';

/** What inventory answers about the networks and labels of nics and VfsConfigs. */
export function listAnswers(decides: { hosts: Deciding<Ledger>; networks: FollowedNetworks }): Binding[] {
  const reads = { hosts: decides.hosts.documents, networks: decides.networks };
  return [
    answers(AddVfsConfigNetwork, addVfsConfigNetwork(decides)),
    answers(RemoveVfsConfigNetwork, removeVfsConfigNetwork(decides)),
    answers(AddVfsConfigLabel, addVfsConfigLabel(decides)),
    answers(RemoveVfsConfigLabel, removeVfsConfigLabel(decides)),
    answers(AddNicNetwork, addNicNetwork(decides)),
    answers(RemoveNicNetwork, removeNicNetwork(decides)),
    answers(AddNicLabel, addNicLabel(decides)),
    answers(RemoveNicLabel, removeNicLabel(decides)),
    answers(ListVfsConfigNetworks, listVfsConfigNetworks(reads)),
    answers(ListVfsConfigLabels, listVfsConfigLabels(reads)),
    answers(ListNicNetworks, listNicNetworks(reads)),
    answers(ListNicLabels, listNicLabels(reads)),
  ];
}
