import type { KnownCluster } from '@vfleet/contracts/policy/clusters';
import {
  type Cluster,
  type ClusterChange,
  CompatibilityVersion,
  type NewCluster,
  SchedulingPolicy,
} from '@vfleet/contracts/vocabulary/cluster';
import { EntityId } from '@vfleet/contracts/vocabulary/ids';
import { z } from 'zod';

/** A cluster as it is stored. `revision` rises with every change of it: its ETag. */
export const StoredCluster = z.object({
  id: EntityId,
  name: z.string(),
  revision: z.int().positive(),
  description: z.string(),
  compatibilityVersion: CompatibilityVersion,
  policy: SchedulingPolicy,
  requireCarrier: z.boolean().default(false),
});
export type StoredCluster = z.infer<typeof StoredCluster>;

/** A new cluster, of compatibility version 4.7, policy `pack` and with no carrier required unless told. */
export function newCluster(id: string, fields: NewCluster): StoredCluster {
  const unless = { description: '', compatibilityVersion: '4.7', policy: 'pack' as const, requireCarrier: false };
  return changedCluster({ id, name: fields.name, revision: 1, ...unless }, fields);
}

/** A cluster with other fields; those that are absent stay. */
export function changedCluster(cluster: StoredCluster, fields: ClusterChange): StoredCluster {
  return {
    ...cluster,
    name: fields.name ?? cluster.name,
    description: fields.description ?? cluster.description,
    compatibilityVersion: fields.compatibility_version ?? cluster.compatibilityVersion,
    policy: fields.policy ?? cluster.policy,
    requireCarrier: fields.require_carrier ?? cluster.requireCarrier,
  };
}

/** A cluster as callers see it. */
export function clusterView({ compatibilityVersion, requireCarrier, ...cluster }: StoredCluster): Cluster {
  const { id, name, description, policy } = cluster;
  return {
    ...{ id, name, description, policy },
    compatibility_version: compatibilityVersion,
    require_carrier: requireCarrier,
  };
}

/** A cluster as followers know it. */
export function knownCluster({ id, revision, name, requireCarrier }: StoredCluster): KnownCluster {
  return { id, version: revision, name, requireCarrier };
}
