import type { Answer, Bus } from '@vfleet/bus/bus';
import { ClusterChanged, type RemoveCluster } from '@vfleet/contracts/policy/clusters';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { StoredCluster } from '../core/cluster.ts';
import { clusterRemovalRefusals, noSuchCluster } from '../core/decide-cluster.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { findEntity } from '../reads/find-entity.ts';
import { hostsOfCluster } from '../reads/hosts-of-cluster.ts';
import { userNames } from '../reads/user-names.ts';

type Needs = Pick<OwnedCollections, 'clusters' | 'vms'> & { ask: Bus['ask']; clock: Clock; newId: () => string };

/** Hosts are inventory's, so one may be put into the cluster between the answer and the removal (docs/decisions/0021). */
export const removeCluster =
  ({ clusters, vms, ...asks }: Needs): Answer<typeof RemoveCluster> =>
  async (message) => {
    const { cluster: ref, ifVersion } = message.payload;
    const id = (await findEntity(clusters.documents, ref))?.id ?? ref;
    return decideAndPut(
      clusters,
      id,
      message,
      (stored, _, __, users) => {
        if (!stored) return { ok: false, refusals: [noSuchCluster(ref)] };
        const refusals = clusterRemovalRefusals({ cluster: stored.body, ifVersion, ...users });
        if (refusals.length > 0) return { ok: false, refusals };
        const facts = [fact(ClusterChanged, { clusterId: id, change: 'removed' })];
        return { ok: true, body: 'remove', reply: {}, facts };
      },
      {
        read: async (stored: Stored<StoredCluster> | undefined) => {
          if (!stored) return { vms: [], hosts: [] };
          const [ofVms, hosts] = await Promise.all([
            userNames(vms.documents, 'cluster', id),
            hostsOfCluster(asks, id, message),
          ]);
          return { vms: ofVms, hosts };
        },
      },
    );
  };
