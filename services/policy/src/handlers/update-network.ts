import type { Answer } from '@vfleet/bus/bus';
import { NetworkChanged, type UpdateNetwork } from '@vfleet/contracts/policy/networks';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { guardOf, type Stored } from '@vfleet/documents/documents';
import { decideUpdateNetwork, isIsolationSwitchedOn, networkTaken, noSuchNetwork } from '../core/decide-network.ts';
import { networkView, type StoredNetwork } from '../core/network.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { namesakeOf, onEntity } from '../reads/find-entity.ts';
import { readNetworkQos } from '../reads/read-network-qos.ts';
import { userNames } from '../reads/user-names.ts';

/** A QoS that is new to the network is guarded; one it has already is kept from removal by the network itself. */
export const updateNetwork =
  ({
    networks,
    qos: { documents: qos },
    vnicProfiles: { documents: vnicProfiles },
  }: Pick<OwnedCollections, 'networks' | 'qos' | 'vnicProfiles'>): Answer<typeof UpdateNetwork> =>
  (message) => {
    const { network: ref, fields, ifVersion } = message.payload;
    return onEntity({ documents: networks.documents, none: noSuchNetwork }, ref, ({ id }) =>
      decideAndPut(
        networks,
        id,
        message,
        (stored, _, __, { wanted, document, ...related }) => {
          if (!stored) return { ok: false, refusals: [noSuchNetwork(ref)] };
          const decision = decideUpdateNetwork(stored.body, { fields, ifVersion, qos: wanted, ...related });
          if (!decision.ok) return decision;
          const { network = stored.body } = decision;
          const reply = networkView(network, document?.body);
          if (!decision.network) return { ok: true, body: 'unchanged', reply };
          const facts = [fact(NetworkChanged, { networkId: id, change: 'updated' })];
          const restsOn = document && network.qosId !== stored.body.qosId ? [guardOf(qos, document)] : [];
          return { ok: true, body: network, reply, facts, restsOn };
        },
        {
          read: async (stored: Stored<StoredNetwork> | undefined) => {
            const isIsolated = stored && isIsolationSwitchedOn(stored.body, fields);
            const [itsQos, namesake, passthroughProfiles] = await Promise.all([
              readNetworkQos(qos, fields.qos, stored?.body.qosId ?? null),
              namesakeOf(networks.documents, { id, name: fields.name }),
              isIsolated ? userNames(vnicProfiles, 'passThroughOn', id) : [],
            ]);
            return { ...itsQos, namesake, passthroughProfiles };
          },
          onDuplicate: (duplicate) => [networkTaken({ id, name: duplicate.value }, duplicate)],
        },
      ),
    );
  };
