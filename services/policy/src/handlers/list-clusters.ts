import type { Answer } from '@vfleet/bus/bus';
import type { ListClusters } from '@vfleet/contracts/policy/clusters';
import { clusterView } from '../core/cluster.ts';
import { listByName } from '../list-by-name.ts';
import type { OwnedCollections } from '../owned-collections.ts';

export const listClusters =
  ({ clusters }: Pick<OwnedCollections, 'clusters'>): Answer<typeof ListClusters> =>
  async ({ payload }) => {
    const { page, next } = await listByName(clusters.documents, payload);
    return { ok: true, reply: { items: page.map(clusterView), next } };
  };
