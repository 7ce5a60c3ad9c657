import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { refTaken } from './taken.ts';

export function noSuchCluster(ref: string): Refusal {
  return refusal('CLUSTER_NOT_EXIST', `No cluster has the id or the name ${ref}.`);
}

/** The refusal of a cluster's name or id that another one is known by. */
export function clusterTaken(
  { id, name }: { id: string; name: string },
  duplicate: { value: string; holder: string },
): Refusal {
  return refTaken({ noun: 'cluster', nameInUse: 'CLUSTER_NAME_IN_USE', id, name }, duplicate);
}
