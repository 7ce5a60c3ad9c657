import type { ResolvedNetwork, ResolvedVm, ResolvedVnic } from '@vfleet/contracts/policy/runs';
import { vnicsInOrder } from './find-vnic.ts';
import type { StoredNetwork } from './network.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import { type RunSurroundings, referredTo } from './vm-surroundings.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** The vNICs a guest has when its VM runs, in the order of their names. */
export function pluggedVnics(vm: StoredVm): StoredVnic[] {
  return vnicsInOrder(vm).filter(({ plugged }) => plugged);
}

/** A VM with these of its vNICs as a run needs them. */
export function resolveVm(vm: StoredVm, vnics: readonly StoredVnic[], surroundings: RunSurroundings): ResolvedVm {
  const { id, name, compatibilityVersion, policy } = referredTo(surroundings.clusters, vm.clusterId);
  return {
    id: vm.id,
    version: vm.revision,
    name: vm.name,
    cluster: { id, name, compatibilityVersion },
    policy: vm.policy ?? policy,
    numaNode: vm.numaNode,
    domainXml: vm.domainXml,
    placementId: vm.placementId,
    vnics: vnics.map((vnic) => resolveVnic(vnic, surroundings)),
  };
}

function resolveVnic(vnic: StoredVnic, surroundings: RunSurroundings): ResolvedVnic {
  const { profileId } = vnic;
  const own = ownOf(vnic);
  if (profileId === null) return { ...own, needs: 'nothing', profile: null, network: null, failover: null };
  const profile = referredTo(surroundings.profiles, profileId);
  return {
    ...own,
    needs: needsOf(profile),
    profile: resolveProfile(profile, surroundings),
    network: resolveNetwork(referredTo(surroundings.networks, profile.networkId)),
    failover: resolveFailover(profile, surroundings),
  };
}

function ownOf(vnic: StoredVnic) {
  const { id, name, mac, linked, bootOrder, customMtu, macSpoofing, pinnedVf, guestPciAddress } = vnic;
  return {
    id,
    name,
    interface: vnic.interface,
    mac,
    linked,
    bootOrder,
    customMtu,
    macSpoofing,
    pinnedVf,
    guestPciAddress,
  };
}

function needsOf({ passThrough }: StoredVnicProfile): ResolvedVnic['needs'] {
  switch (passThrough) {
    case 'enabled':
      return 'vf';
    case 'preferred':
      return 'vf-or-bridge';
    case 'disabled':
      return 'bridge';
  }
}

function resolveProfile(profile: StoredVnicProfile, { qos }: RunSurroundings): ResolvedVnic['profile'] {
  const { id, revision: version, name, passThrough, migratable, portMirroring, networkFilter, qosId, vf } = profile;
  const limits = qosId === null ? null : referredTo(qos, qosId);
  return {
    ...{ id, version, name, passThrough, migratable, portMirroring, networkFilter, vf },
    qos: limits && { inbound: limits.inbound, outbound: limits.outbound },
  };
}

function resolveNetwork(network: StoredNetwork): ResolvedNetwork {
  const { id, revision: version, name, vlanId, mtu, label, portIsolation } = network;
  return { id, version, name, vlanId, mtu, label, portIsolation };
}

function resolveFailover({ failoverId }: StoredVnicProfile, surroundings: RunSurroundings): ResolvedVnic['failover'] {
  if (failoverId === null) return null;
  const { networkId } = referredTo(surroundings.profiles, failoverId);
  return { profileId: failoverId, network: resolveNetwork(referredTo(surroundings.networks, networkId)) };
}
