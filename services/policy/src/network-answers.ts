import { answers, type Binding } from '@vfleet/bus/bus';
import {
  AddNetwork,
  GetNetwork,
  ListNetworks,
  ReadNetworks,
  RemoveNetwork,
  UpdateNetwork,
} from '@vfleet/contracts/policy/networks';
import { addNetwork } from './handlers/add-network.ts';
import { getNetwork } from './handlers/get-network.ts';
import { listNetworks } from './handlers/list-networks.ts';
import { readNetworks } from './handlers/read-networks.ts';
import { removeNetwork } from './handlers/remove-network.ts';
import { updateNetwork } from './handlers/update-network.ts';
import type { OwnedCollections } from './owned-collections.ts';

/** What policy answers about networks. */
export function networkAnswers(needs: OwnedCollections): Binding[] {
  return [
    answers(AddNetwork, addNetwork(needs)),
    answers(UpdateNetwork, updateNetwork(needs)),
    answers(RemoveNetwork, removeNetwork(needs)),
    answers(GetNetwork, getNetwork(needs)),
    answers(ListNetworks, listNetworks(needs)),
    answers(ReadNetworks, readNetworks(needs)),
  ];
}
