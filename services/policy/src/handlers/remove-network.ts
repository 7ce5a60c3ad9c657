import type { Answer } from '@vfleet/bus/bus';
import { NetworkChanged, type RemoveNetwork } from '@vfleet/contracts/policy/networks';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { networkRemovalRefusals, noSuchNetwork } from '../core/decide-network.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { findEntity } from '../reads/find-entity.ts';
import { userNames } from '../reads/user-names.ts';

export const removeNetwork =
  ({ networks, vnicProfiles }: Pick<OwnedCollections, 'networks' | 'vnicProfiles'>): Answer<typeof RemoveNetwork> =>
  async (message) => {
    const { network: ref, ifVersion } = message.payload;
    const id = (await findEntity(networks.documents, ref))?.id ?? ref;
    return decideAndPut(
      networks,
      id,
      message,
      (stored, _, __, users) => {
        if (!stored) return { ok: false, refusals: [noSuchNetwork(ref)] };
        const refusals = networkRemovalRefusals({ network: stored.body, ifVersion, vnicProfiles: users });
        if (refusals.length > 0) return { ok: false, refusals };
        const facts = [fact(NetworkChanged, { networkId: id, change: 'removed' })];
        return { ok: true, body: 'remove', reply: {}, facts };
      },
      { read: () => userNames(vnicProfiles.documents, 'network', id) },
    );
  };
