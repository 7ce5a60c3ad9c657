import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import { type Reference, refOf } from '@vfleet/contracts/vocabulary/ids';
import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import { type Documents, guardOf, type Stored, type Write } from '@vfleet/documents/documents';
import type { StoredCluster } from '../core/cluster.ts';
import { noSuchCluster } from '../core/decide-cluster.ts';
import type { VmRelated } from '../core/decide-vm.ts';
import type { StoredVm } from '../core/vm.ts';
import { profileIdsOf } from '../core/vm-surroundings.ts';
import { vmView } from '../core/vm-view.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { findEntity, namesakeOf } from './find-entity.ts';
import { bodiesById, readEach } from './read-each.ts';

type Reads = Pick<OwnedCollections, 'clusters' | 'vnicProfiles' | 'networks' | 'vms'>;

/** What was read for a command on a VM. */
export type VmReading = {
  related: VmRelated;
  /**
   * Guards of what a VM rests on that comes into a cluster: the cluster, and the profiles that tell what its vNICs need
   * of it. What it had before it keeps from harm itself.
   */
  restsOn: (vm: StoredVm) => Write[];
  view: (vm: StoredVm) => Vm;
};

/** Reads what a VM is judged with. `asked` is what was said of it; `before` is as it is, undefined when it is made. */
export async function readVmRelated(
  { clusters, vnicProfiles, networks, vms }: Reads,
  id: string,
  {
    asked,
    before,
  }: { asked: { name?: string | undefined; cluster?: Reference | undefined }; before: StoredVm | undefined },
): Promise<VmReading> {
  const [cluster, profiles, namesake] = await Promise.all([
    findCluster(clusters.documents, asked.cluster, before),
    readEach(vnicProfiles.documents, profileIdsOf(before?.nics ?? [])),
    namesakeOf(vms.documents, { id, name: asked.name }),
  ]);
  const ofNetworks = await readEach(
    networks.documents,
    profiles.map(({ body }) => body.networkId),
  );
  const found = typeof cluster === 'string' ? [] : [cluster];
  const shown = { clusters: bodiesById(found), profiles: bodiesById(profiles), networks: bodiesById(ofNetworks) };
  return {
    related: {
      cluster:
        typeof cluster === 'string'
          ? { ok: false, refusals: [noSuchCluster(cluster)] }
          : { ok: true, cluster: cluster.body },
      profiles: shown.profiles,
      namesake,
    },
    restsOn: ({ clusterId }) =>
      clusterId === before?.clusterId
        ? []
        : [
            ...found.map((document) => guardOf(clusters.documents, document)),
            ...profiles.map((document) => guardOf(vnicProfiles.documents, document)),
          ],
    view: (vm) => vmView(vm, shown),
  };
}

/** The cluster a VM would be in, or what was said of one that is not there. That of a VM is there: it guards it. */
async function findCluster(
  clusters: Documents<StoredCluster>,
  asked: Reference | undefined,
  before: StoredVm | undefined,
): Promise<Stored<StoredCluster> | string> {
  if (asked || !before) {
    const ref = asked ? refOf(asked) : DEFAULT_CLUSTER.id;
    return (await findEntity(clusters, ref)) ?? ref;
  }
  const cluster = await clusters.get(before.clusterId);
  if (!cluster) throw new Error(`${before.id} is in the cluster ${before.clusterId}, which was not read`);
  return cluster;
}
