import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { Cluster, ClusterChange, NewCluster } from '../vocabulary/cluster.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { pageOf } from '../vocabulary/page.ts';
import { IfVersion, NamedPageRequest, PolicyChange, ReadRequest, readReply, versioned } from './entity.ts';

/** `cluster` is an id or a name; an id wins. */
const OnCluster = z.object({ cluster: EntityRef });
const byCluster = ({ cluster }: { cluster: string }) => cluster;

export const AddCluster = command('policy.add-cluster', {
  request: z.object({ clusterId: EntityId, fields: NewCluster }),
  reply: Cluster,
  refusals: ['CLUSTER_NAME_IN_USE', 'ID_ALREADY_USED'],
  keyOf: ({ clusterId }) => clusterId,
});

/** A compatibility version cannot be lowered below what vNICs of the cluster's VMs need. */
export const UpdateCluster = command('policy.update-cluster', {
  request: OnCluster.extend({ fields: ClusterChange }).extend(IfVersion.shape),
  reply: Cluster,
  refusals: [
    'CLUSTER_NOT_EXIST',
    'CLUSTER_NAME_IN_USE',
    'PASSTHROUGH_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    'FAILOVER_NOT_SUPPORTED_BY_CLUSTER_LEVEL',
    'PRECONDITION_FAILED',
  ],
  keyOf: byCluster,
});

/** Refused while a VM or a host is in the cluster. */
export const RemoveCluster = command('policy.remove-cluster', {
  request: OnCluster.extend(IfVersion.shape),
  reply: z.object({}),
  refusals: ['CLUSTER_NOT_EXIST', 'CLUSTER_IN_USE', 'PRECONDITION_FAILED'],
  keyOf: byCluster,
});

export const GetCluster = query('policy.get-cluster', {
  request: OnCluster,
  reply: versioned(Cluster),
  refusals: ['CLUSTER_NOT_EXIST'],
  keyOf: byCluster,
});

export const ListClusters = query('policy.list-clusters', {
  request: NamedPageRequest,
  reply: pageOf(Cluster),
  refusals: [],
  keyOf: () => 'clusters',
});

/** What other services need to know of a cluster. */
export const KnownCluster = z.object({
  id: EntityId,
  version: z.int().positive(),
  name: z.string(),
  requireCarrier: z.boolean().default(false),
});
export type KnownCluster = z.infer<typeof KnownCluster>;

export const ReadClusters = query('policy.read-clusters', {
  request: ReadRequest,
  reply: readReply(KnownCluster),
  refusals: [],
  keyOf: () => 'clusters',
});

/** A cluster has changed: a hint to read it again. */
export const ClusterChanged = event('policy.cluster-changed', {
  payload: z.object({ clusterId: EntityId, change: PolicyChange }),
  keyOf: ({ clusterId }) => clusterId,
  followers: ['gateway', 'inventory'],
});
