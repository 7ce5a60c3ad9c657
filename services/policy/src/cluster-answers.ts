import { answers, type Binding, type Bus } from '@vfleet/bus/bus';
import {
  AddCluster,
  GetCluster,
  ListClusters,
  ReadClusters,
  RemoveCluster,
  UpdateCluster,
} from '@vfleet/contracts/policy/clusters';
import type { Clock } from '@vfleet/process/clock';
import { addCluster } from './handlers/add-cluster.ts';
import { getCluster } from './handlers/get-cluster.ts';
import { listClusters } from './handlers/list-clusters.ts';
import { readClusters } from './handlers/read-clusters.ts';
import { removeCluster } from './handlers/remove-cluster.ts';
import { updateCluster } from './handlers/update-cluster.ts';
import type { OwnedCollections } from './owned-collections.ts';

/** What policy answers about clusters. */
export function clusterAnswers(
  needs: OwnedCollections & { ask: Bus['ask']; clock: Clock; newId: () => string },
): Binding[] {
  return [
    answers(AddCluster, addCluster(needs)),
    answers(UpdateCluster, updateCluster(needs)),
    answers(RemoveCluster, removeCluster(needs)),
    answers(GetCluster, getCluster(needs)),
    answers(ListClusters, listClusters(needs)),
    answers(ReadClusters, readClusters(needs)),
  ];
}
