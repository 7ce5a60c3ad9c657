import type { Answer } from '@vfleet/bus/bus';
import type { ReadClusters } from '@vfleet/contracts/policy/clusters';
import { knownCluster } from '../core/cluster.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { readKnown } from '../reads/read-known.ts';

export const readClusters =
  ({ clusters }: Pick<OwnedCollections, 'clusters'>): Answer<typeof ReadClusters> =>
  async ({ payload }) => ({ ok: true, reply: await readKnown(clusters.documents, payload, knownCluster) });
