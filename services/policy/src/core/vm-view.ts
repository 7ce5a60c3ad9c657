import type { Vm } from '@vfleet/contracts/vocabulary/vm';
import type { Vnic } from '@vfleet/contracts/vocabulary/vnic';
import { vnicsInOrder } from './find-vnic.ts';
import type { StoredVm, StoredVnic } from './vm.ts';
import { named, referredTo, type VmSurroundings } from './vm-surroundings.ts';

/** A VM as callers see it: `up` while a placement runs it. Where it runs is the scheduler's to tell. */
export function vmView(vm: StoredVm, surroundings: VmSurroundings): Vm {
  return {
    id: vm.id,
    name: vm.name,
    description: vm.description,
    status: vm.placementId === null ? 'down' : 'up',
    cluster: named(referredTo(surroundings.clusters, vm.clusterId)),
    host: null,
    numa_node: vm.numaNode,
    policy: vm.policy,
    domain_xml: vm.domainXml,
    nics: vnicsInOrder(vm).map((vnic) => vnicView(vnic, surroundings)),
  };
}

/** A vNIC as callers see it. */
export function vnicView(vnic: StoredVnic, surroundings: Pick<VmSurroundings, 'profiles' | 'networks'>): Vnic {
  const profile = vnic.profileId === null ? null : referredTo(surroundings.profiles, vnic.profileId);
  const { pinnedVf } = vnic;
  return {
    id: vnic.id,
    name: vnic.name,
    interface: vnic.interface,
    vnic_profile: profile && named(profile),
    network: profile && named(referredTo(surroundings.networks, profile.networkId)),
    mac: vnic.mac,
    plugged: vnic.plugged,
    linked: vnic.linked,
    boot_order: vnic.bootOrder,
    custom_mtu: vnic.customMtu,
    mac_spoofing: vnic.macSpoofing,
    pinned_vf: pinnedVf && { host: { id: pinnedVf.hostId }, pci_address: pinnedVf.pciAddress },
    guest_pci_address: vnic.guestPciAddress,
    vf: null,
    degraded: false,
  };
}
