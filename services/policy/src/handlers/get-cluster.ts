import type { Answer } from '@vfleet/bus/bus';
import type { GetCluster } from '@vfleet/contracts/policy/clusters';
import { clusterView } from '../core/cluster.ts';
import { noSuchCluster } from '../core/decide-cluster.ts';
import { findEntity } from '../find-entity.ts';
import type { OwnedCollections } from '../owned-collections.ts';

export const getCluster =
  ({ clusters }: Pick<OwnedCollections, 'clusters'>): Answer<typeof GetCluster> =>
  async ({ payload: { cluster } }) => {
    const found = await findEntity(clusters.documents, cluster);
    return found
      ? { ok: true, reply: { resource: clusterView(found.body), version: found.body.revision } }
      : { ok: false, refusals: [noSuchCluster(cluster)] };
  };
