import type { StoredVm, StoredVnic } from '../core/vm.ts';
import { profileIdsOf, type RunSurroundings, type VmSurroundings } from '../core/vm-surroundings.ts';
import type { OwnedCollections } from '../owned-collections.ts';
import { bodiesById, readEach } from './read-each.ts';

type Reads = Pick<OwnedCollections, 'clusters' | 'vnicProfiles' | 'networks'>;

/** Reads what VMs refer to, each once, to show them. */
export async function readVmSurroundings(
  { clusters, vnicProfiles, networks }: Reads,
  vms: readonly StoredVm[],
): Promise<VmSurroundings> {
  const clusterIds = vms.map(({ clusterId }) => clusterId);
  const [ofClusters, profiles] = await Promise.all([
    readEach(clusters.documents, clusterIds),
    readEach(vnicProfiles.documents, profileIdsOf(vms.flatMap(({ nics }) => nics))),
  ]);
  const networkIds = profiles.map(({ body }) => body.networkId);
  const ofNetworks = await readEach(networks.documents, networkIds);
  return { clusters: bodiesById(ofClusters), profiles: bodiesById(profiles), networks: bodiesById(ofNetworks) };
}

/** Reads what a run of a VM with these vNICs needs of everything they refer to, each once. */
export async function readRunSurroundings(
  { clusters, vnicProfiles, networks, qos }: Reads & Pick<OwnedCollections, 'qos'>,
  vm: StoredVm,
  vnics: readonly StoredVnic[],
): Promise<RunSurroundings> {
  const [ofClusters, profiles] = await Promise.all([
    readEach(clusters.documents, [vm.clusterId]),
    readEach(vnicProfiles.documents, profileIdsOf(vnics)),
  ]);
  const known = new Set(profiles.map(({ id }) => id));
  const failoverIds = profiles.flatMap(({ body }) => body.failoverId ?? []).filter((id) => !known.has(id));
  const failovers = await readEach(vnicProfiles.documents, failoverIds);
  const all = [...profiles, ...failovers];
  const [ofNetworks, ofQos] = await Promise.all([
    readEach(
      networks.documents,
      all.map(({ body }) => body.networkId),
    ),
    readEach(
      qos.documents,
      profiles.flatMap(({ body }) => body.qosId ?? []),
    ),
  ]);
  return {
    clusters: bodiesById(ofClusters),
    profiles: bodiesById(all),
    networks: bodiesById(ofNetworks),
    qos: bodiesById(ofQos),
  };
}
