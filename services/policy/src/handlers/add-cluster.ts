import type { Answer } from '@vfleet/bus/bus';
import { type AddCluster, ClusterChanged } from '@vfleet/contracts/policy/clusters';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { clusterView, newCluster } from '../core/cluster.ts';
import { clusterTaken } from '../core/decide-cluster.ts';
import { idTaken } from '../core/taken.ts';
import type { OwnedCollections } from '../owned-collections.ts';

export const addCluster =
  ({ clusters }: Pick<OwnedCollections, 'clusters'>): Answer<typeof AddCluster> =>
  (message) => {
    const { clusterId, fields } = message.payload;
    const cluster = newCluster(clusterId, fields);
    return decideAndPut(
      clusters,
      clusterId,
      message,
      (stored) =>
        stored
          ? { ok: false, refusals: [idTaken('cluster', stored.body)] }
          : {
              ok: true,
              body: cluster,
              reply: clusterView(cluster),
              facts: [fact(ClusterChanged, { clusterId, change: 'added' })],
            },
      { onDuplicate: (duplicate) => [clusterTaken(cluster, duplicate)] },
    );
  };
