import type { Answer } from '@vfleet/bus/bus';
import { type AddCluster, ClusterChanged } from '@vfleet/contracts/policy/clusters';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { clusterView, newCluster } from '../core/cluster.ts';
import { clusterAdditionRefusals, clusterTaken } from '../core/decide-cluster.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { namesakeOf } from '../reads/find-entity.ts';

export const addCluster =
  ({ clusters }: Pick<OwnedCollections, 'clusters'>): Answer<typeof AddCluster> =>
  (message) => {
    const { clusterId, fields } = message.payload;
    const cluster = newCluster(clusterId, fields);
    return decideAndPut(
      clusters,
      clusterId,
      message,
      (stored, _, __, namesake) => {
        const refusals = clusterAdditionRefusals(cluster, { holder: stored?.body, namesake });
        if (refusals.length > 0) return { ok: false, refusals };
        const facts = [fact(ClusterChanged, { clusterId, change: 'added' })];
        return { ok: true, body: cluster, reply: clusterView(cluster), facts };
      },
      {
        read: () => namesakeOf(clusters.documents, cluster),
        onDuplicate: (duplicate) => [clusterTaken(cluster, duplicate)],
      },
    );
  };
