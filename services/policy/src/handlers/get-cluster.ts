import type { Answer } from '@vfleet/bus/bus';
import type { GetCluster } from '@vfleet/contracts/policy/clusters';
import { clusterView } from '../core/cluster.ts';
import { noSuchCluster } from '../core/decide-cluster.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { onEntity } from '../reads/find-entity.ts';

export const getCluster =
  ({ clusters: { documents } }: Pick<OwnedCollections, 'clusters'>): Answer<typeof GetCluster> =>
  ({ payload }) =>
    onEntity({ documents, none: noSuchCluster }, payload.cluster, ({ body }) => ({
      ok: true,
      reply: { resource: clusterView(body), version: body.revision },
    }));
