import { z } from 'zod';
import { AddCluster, GetCluster, ListClusters, RemoveCluster, UpdateCluster } from '../policy/clusters.ts';
import { Cluster, ClusterChange, NewCluster } from '../vocabulary/cluster.ts';
import { EntityId, EntityRef } from '../vocabulary/ids.ts';
import { listOf, NamedPageQuery } from './page.ts';
import { askRoute, nothing, resource } from './route.ts';

const OnCluster = z.object({ cluster: EntityRef.describe('Id or name of the cluster; an id wins.') });
const cluster = resource('Cluster', 'cluster', Cluster);

export const clusterRoutes = {
  listClusters: askRoute({
    method: 'GET',
    path: '/api/clusters',
    tag: 'clusters',
    summary: 'List the clusters, in the order of their names',
    params: z.object({}),
    query: NamedPageQuery,
    contract: ListClusters,
    toRequest: ({ query }) => query,
    toAnswer: (page) => ({ resource: page }),
    answer: listOf('ClusterList', 'clusters', 'cluster', Cluster),
  }),
  addCluster: askRoute({
    method: 'POST',
    path: '/api/clusters',
    tag: 'clusters',
    summary: 'Add a cluster',
    params: z.object({}),
    body: NewCluster.extend({ id: EntityId.optional() }),
    contract: AddCluster,
    toRequest: ({ body: { id, ...fields }, newEntityId }) => ({ clusterId: id ?? newEntityId, fields }),
    toAnswer: (added) => ({ resource: added }),
    answer: cluster,
    locationOf: ({ id }) => `/api/clusters/${id}`,
  }),
  getCluster: askRoute({
    method: 'GET',
    path: '/api/clusters/{cluster}',
    tag: 'clusters',
    summary: 'Show a cluster',
    params: OnCluster,
    contract: GetCluster,
    toRequest: ({ params }) => params,
    toAnswer: (read) => read,
    answer: cluster,
  }),
  updateCluster: askRoute({
    method: 'PUT',
    path: '/api/clusters/{cluster}',
    tag: 'clusters',
    summary: 'Change a cluster',
    description: 'A field that is absent stays as it is; null takes away.',
    params: OnCluster,
    body: ClusterChange,
    contract: UpdateCluster,
    toRequest: ({ params, body, ifVersion }) => ({ ...params, fields: body, ifVersion }),
    toAnswer: (updated) => ({ resource: updated }),
    answer: cluster,
    ifMatch: true,
  }),
  removeCluster: askRoute({
    method: 'DELETE',
    path: '/api/clusters/{cluster}',
    tag: 'clusters',
    summary: 'Remove a cluster',
    description: 'Refused while a host or a virtual machine is in it.',
    params: OnCluster,
    contract: RemoveCluster,
    toRequest: ({ params, ifVersion }) => ({ ...params, ifVersion }),
    toAnswer: () => ({ resource: undefined }),
    answer: nothing,
    ifMatch: true,
  }),
};
