import { refKeys, searchKey } from '@vfleet/contracts/names';
import type { Collection } from '@vfleet/documents/documents';
import { StoredCluster } from './core/cluster.ts';
import { StoredNetwork } from './core/network.ts';
import { StoredQos } from './core/qos.ts';
import { StoredVm } from './core/vm.ts';
import { nameInNetwork, StoredVnicProfile } from './core/vnic-profile.ts';
import { traitsOf } from './core/vnic-traits.ts';

/**
 * In every collection `ref` is what a caller may refer by, `search` what lists are sorted and searched by. Clusters of
 * schema version 1 require no carrier, which is the schema's default.
 */
export const CLUSTERS: Collection<StoredCluster> = {
  name: 'clusters',
  schema: StoredCluster,
  schemaVersion: 2,
  upgrade: { 1: (cluster) => cluster },
  keys: {
    ref: { unique: true, of: refKeys },
    search: { sorted: true, of: ({ name }) => searchKey(name) },
  },
};

export const NETWORKS: Collection<StoredNetwork> = {
  name: 'networks',
  schema: StoredNetwork,
  schemaVersion: 1,
  keys: {
    ref: { unique: true, of: refKeys },
    search: { sorted: true, of: ({ name }) => searchKey(name) },
    qos: { of: ({ qosId }) => qosId },
  },
};

export const QOS: Collection<StoredQos> = {
  name: 'qos',
  schema: StoredQos,
  schemaVersion: 1,
  keys: {
    ref: { unique: true, of: refKeys },
    search: { sorted: true, of: ({ name }) => searchKey(name) },
  },
};

/** The name of a profile is unique in its network alone, so `ref` may hold several. */
export const VNIC_PROFILES: Collection<StoredVnicProfile> = {
  name: 'vnic-profiles',
  schema: StoredVnicProfile,
  schemaVersion: 1,
  keys: {
    nameInNetwork: { unique: true, of: nameInNetwork },
    ref: { of: refKeys },
    search: { sorted: true, of: ({ name }) => searchKey(name) },
    network: { of: ({ networkId }) => networkId },
    passThroughOn: { of: ({ networkId, passThrough }) => (passThrough === 'disabled' ? null : networkId) },
    qos: { of: ({ qosId }) => qosId },
    failover: { of: ({ failoverId }) => failoverId },
  },
};

/**
 * `mac` and `vnic` hold the MAC addresses and ids of all vNICs, `running` the id of a VM that runs; the keys of profiles answer who would be hit by a
 * change of one.
 */
export const VMS: Collection<StoredVm> = {
  name: 'vms',
  schema: StoredVm,
  schemaVersion: 2,
  upgrade: { 1: (body) => body },
  keys: {
    ref: { unique: true, of: refKeys },
    search: { sorted: true, of: ({ name }) => searchKey(name) },
    mac: { unique: true, of: ({ nics }) => nics.map(({ mac }) => mac) },
    vnic: { unique: true, of: ({ nics }) => nics.map(({ id }) => id) },
    running: { sorted: true, of: ({ id, placementId }) => (placementId === null ? null : id) },
    cluster: { of: ({ clusterId }) => clusterId },
    profile: { of: ({ nics }) => nics.flatMap(({ profileId }) => profileId ?? []) },
    profileInCluster: {
      of: ({ nics, clusterId }) => nics.flatMap(({ profileId }) => (profileId ? `${profileId} ${clusterId}` : [])),
    },
    profileAsType: {
      of: ({ nics }) => nics.flatMap(({ profileId, interface: type }) => (profileId ? `${profileId} ${type}` : [])),
    },
    profileWithTrait: {
      of: ({ nics }) =>
        nics.flatMap((vnic) => (vnic.profileId ? traitsOf(vnic).map((trait) => `${vnic.profileId} ${trait}`) : [])),
    },
  },
};
