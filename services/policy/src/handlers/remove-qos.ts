import type { Answer } from '@vfleet/bus/bus';
import { QosChanged, type RemoveQos } from '@vfleet/contracts/policy/qos';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { noSuchQos, qosRemovalRefusals } from '../core/decide-qos.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { findEntity } from '../reads/find-entity.ts';
import { userNames } from '../reads/user-names.ts';

export const removeQos =
  ({
    qos,
    networks,
    vnicProfiles,
  }: Pick<OwnedCollections, 'qos' | 'networks' | 'vnicProfiles'>): Answer<typeof RemoveQos> =>
  async (message) => {
    const { qos: ref, ifVersion } = message.payload;
    const id = (await findEntity(qos.documents, ref))?.id ?? ref;
    return decideAndPut(
      qos,
      id,
      message,
      (stored, _, __, users) => {
        if (!stored) return { ok: false, refusals: [noSuchQos(ref)] };
        const refusals = qosRemovalRefusals({ qos: stored.body, ifVersion, ...users });
        if (refusals.length > 0) return { ok: false, refusals };
        return { ok: true, body: 'remove', reply: {}, facts: [fact(QosChanged, { qosId: id, change: 'removed' })] };
      },
      {
        read: async () => {
          const [ofNetworks, ofProfiles] = await Promise.all([
            userNames(networks.documents, 'qos', id),
            userNames(vnicProfiles.documents, 'qos', id),
          ]);
          return { networks: ofNetworks, vnicProfiles: ofProfiles };
        },
      },
    );
  };
