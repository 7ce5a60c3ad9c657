import type { Answer } from '@vfleet/bus/bus';
import { type AddNetwork, NetworkChanged } from '@vfleet/contracts/policy/networks';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { guardOf } from '@vfleet/documents/documents';
import { decideAddNetwork, networkTaken } from '../core/decide-network.ts';
import { networkView } from '../core/network.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { namesakeOf } from '../reads/find-entity.ts';
import { readNetworkQos } from '../reads/read-network-qos.ts';

export const addNetwork =
  ({ networks, qos: { documents } }: Pick<OwnedCollections, 'networks' | 'qos'>): Answer<typeof AddNetwork> =>
  (message) => {
    const { networkId, fields } = message.payload;
    return decideAndPut(
      networks,
      networkId,
      message,
      (stored, _, __, { namesake, wanted, document }) => {
        const decision = decideAddNetwork(networkId, { fields, namesake, qos: wanted, holder: stored?.body });
        if (!decision.ok) return decision;
        const reply = networkView(decision.network, document?.body);
        const facts = [fact(NetworkChanged, { networkId, change: 'added' })];
        return {
          ok: true,
          body: decision.network,
          reply,
          facts,
          restsOn: document ? [guardOf(documents, document)] : [],
        };
      },
      {
        read: async () => {
          const [itsQos, namesake] = await Promise.all([
            readNetworkQos(documents, fields.qos, null),
            namesakeOf(networks.documents, { id: networkId, name: fields.name }),
          ]);
          return { ...itsQos, namesake };
        },
        onDuplicate: (duplicate) => [networkTaken({ id: networkId, name: fields.name }, duplicate)],
      },
    );
  };
