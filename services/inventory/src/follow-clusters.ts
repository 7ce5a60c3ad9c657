import type { Bus } from '@vfleet/bus/bus';
import { startReadModel } from '@vfleet/bus/read-model';
import { ClusterChanged, GetCluster, ReadClusters } from '@vfleet/contracts/policy/clusters';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { askPolicy, type Cause } from './ask-policy.ts';
import type { KnownClusters } from './core/host-view.ts';

const NOT_READY = 'inventory has not read the clusters of policy yet';

/** Policy's clusters as handlers get at them. */
export type FollowedClusters = {
  known: KnownClusters;
  /** The id of the cluster that an id or name is now, by policy's own word. Throws when policy does not answer in time. */
  resolve(ref: string, cause: Cause): Promise<string | undefined>;
  /** The ids of clusters of which something new was heard since it was called last. */
  takeChanged(): string[];
  lookAgain(id: string): void;
  problems(): string[];
  close(): Promise<void>;
};

/** Follows policy's clusters, whether or not policy is there. */
export async function followClusters(deps: {
  bus: Bus;
  clock: Clock;
  log: Log;
  newId: () => string;
}): Promise<FollowedClusters> {
  const changed = new Set<string>();
  const model = await startReadModel(
    { query: ReadClusters, event: ClusterChanged, idOf: ({ clusterId }) => clusterId },
    { ...deps, follower: 'inventory', changed: ({ after }) => after && changed.add(after.id) },
  );
  return {
    known: model,
    async resolve(cluster, cause) {
      const found = await askPolicy(deps, GetCluster, { cluster }, cause);
      if (!found) return undefined;
      const { id, name, require_carrier: requireCarrier } = found.resource;
      model.learn({ id, name, requireCarrier, version: found.version });
      return id;
    },
    takeChanged() {
      const ids = [...changed];
      changed.clear();
      return ids;
    },
    lookAgain: (id) => void changed.add(id),
    problems: () => (model.isReady() ? [] : [NOT_READY]),
    close: model.close,
  };
}
