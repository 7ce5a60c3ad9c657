import type { Answer } from '@vfleet/bus/bus';
import type { ListClusters } from '@vfleet/contracts/policy/clusters';
import { clusterView } from '../core/cluster.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { listByName } from '../reads/list-by-name.ts';

export const listClusters =
  ({ clusters }: Pick<OwnedCollections, 'clusters'>): Answer<typeof ListClusters> =>
  async ({ payload }) => {
    const { page, next } = await listByName(clusters.documents, payload);
    return { ok: true, reply: { items: page.map(clusterView), next } };
  };
