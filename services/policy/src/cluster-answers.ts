import { answers, type Binding } from '@vfleet/bus/bus';
import { AddCluster, GetCluster } from '@vfleet/contracts/policy/clusters';
import { addCluster } from './handlers/add-cluster.ts';
import { getCluster } from './handlers/get-cluster.ts';
import type { OwnedCollections } from './owned-collections.ts';

/** What policy answers about clusters. */
export function clusterAnswers(needs: OwnedCollections): Binding[] {
  return [answers(AddCluster, addCluster(needs)), answers(GetCluster, getCluster(needs))];
}
