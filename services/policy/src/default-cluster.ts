import { ClusterChanged } from '@vfleet/contracts/policy/clusters';
import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import { type Deciding, decideAndPut, fact } from '@vfleet/documents/decide-and-put';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { newCluster, type StoredCluster } from './core/cluster.ts';
import { clusterTaken } from './core/decide-cluster.ts';

/**
 * Makes the cluster `Default` unless it is there or was removed. Replicas that start at once make one: the second finds
 * it there. Another cluster that is known by its name or id keeps it from being made. Throws what the store throws.
 */
export async function makeDefaultCluster({
  clusters,
  clock,
  newId,
}: {
  clusters: Deciding<StoredCluster>;
  clock: Clock;
  newId: () => string;
}): Promise<void> {
  const { id: clusterId, name } = DEFAULT_CLUSTER;
  const id = newId();
  const actor = { kind: 'service' as const, name: 'policy' };
  const message = { id, name: 'policy.default-cluster', correlationId: id, actor, sentAt: isoNow(clock) };
  await decideAndPut(
    clusters,
    clusterId,
    { ...message, payload: {}, redelivered: false },
    (stored) =>
      stored
        ? { ok: true, body: 'unchanged', reply: null }
        : {
            ok: true,
            body: newCluster(clusterId, { name }),
            reply: null,
            facts: [fact(ClusterChanged, { clusterId, change: 'added' })],
          },
    { answers: 'none', onDuplicate: (duplicate) => [clusterTaken(DEFAULT_CLUSTER, duplicate)] },
  );
}
