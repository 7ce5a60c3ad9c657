import type { Answer } from '@vfleet/bus/bus';
import { ClusterChanged, type UpdateCluster } from '@vfleet/contracts/policy/clusters';
import { decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { clusterView, type StoredCluster } from '../core/cluster.ts';
import { clusterTaken, decideUpdateCluster, levelsLost, noSuchCluster } from '../core/decide-cluster.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { namesakeOf, onEntity } from '../reads/find-entity.ts';
import { levelUsers } from '../reads/level-users.ts';

export const updateCluster =
  ({
    clusters,
    vms: { documents: vms },
    vnicProfiles: { documents: vnicProfiles },
  }: Pick<OwnedCollections, 'clusters' | 'vms' | 'vnicProfiles'>): Answer<typeof UpdateCluster> =>
  (message) => {
    const { cluster: ref, fields, ifVersion } = message.payload;
    return onEntity({ documents: clusters.documents, none: noSuchCluster }, ref, ({ id }) =>
      decideAndPut(
        clusters,
        id,
        message,
        (stored, _, __, related) => {
          if (!stored) return { ok: false, refusals: [noSuchCluster(ref)] };
          const decision = decideUpdateCluster({ cluster: stored.body, fields, ifVersion, ...related });
          if (!decision.ok) return decision;
          const reply = clusterView(decision.cluster ?? stored.body);
          if (!decision.cluster) return { ok: true, body: 'unchanged', reply };
          const facts = [fact(ClusterChanged, { clusterId: id, change: 'updated' })];
          return { ok: true, body: decision.cluster, reply, facts };
        },
        {
          read: async (stored: Stored<StoredCluster> | undefined) => {
            const [namesake, needing] = await Promise.all([
              namesakeOf(clusters.documents, { id, name: fields.name }),
              levelUsers({ vms, vnicProfiles }, id, stored ? levelsLost(stored.body, fields) : []),
            ]);
            return { namesake, needing };
          },
          onDuplicate: (duplicate) => [clusterTaken({ id, name: duplicate.value }, duplicate)],
        },
      ),
    );
  };
