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
  const model = await startReadModel(
    { query: ReadClusters, event: ClusterChanged, idOf: ({ clusterId }) => clusterId },
    { ...deps, follower: 'inventory' },
  );
  return {
    known: model,
    async resolve(cluster, cause) {
      const found = await askPolicy(deps, GetCluster, { cluster }, cause);
      if (!found) return undefined;
      const { id, name } = found.resource;
      model.learn({ id, name, version: found.version });
      return id;
    },
    problems: () => (model.isReady() ? [] : [NOT_READY]),
    close: model.close,
  };
}
