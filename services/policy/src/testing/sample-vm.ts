import type { StoredCluster } from '../core/cluster.ts';
import type { StoredNetwork } from '../core/network.ts';
import type { StoredVm, StoredVnic } from '../core/vm.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';
import { sampleVnicProfile } from './sample-vnic-profile.ts';

/** A cluster of the newest level. For tests, as all of these. */
export function sampleCluster(change: Partial<StoredCluster> = {}): StoredCluster {
  const rest = {
    revision: 1,
    description: '',
    compatibilityVersion: '4.7',
    policy: 'pack' as const,
    requireCarrier: false,
  };
  return { id: 'default', name: 'Default', ...rest, ...change };
}

/** A VM in the sample cluster that does not run, with these vNICs. */
export function sampleVm(nics: StoredVnic[] = [], change: Partial<StoredVm> = {}): StoredVm {
  const rest = { revision: 1, description: '', numaNode: null, policy: null, domainXml: null, placementId: null };
  return { id: 'v1', name: 'vm-1', clusterId: 'default', ...rest, nics, ...change };
}

/** A plugged virtio vNIC without a profile; its id and MAC address are made from its number. */
export function sampleVnic(number: number, change: Partial<StoredVnic> = {}): StoredVnic {
  const mac = `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
  const rest = { revision: 1, interface: 'virtio' as const, profileId: null, plugged: true, linked: true };
  const none = { bootOrder: null, customMtu: null, macSpoofing: false, pinnedVf: null, guestPciAddress: null };
  return { id: `n${number}`, name: `nic${number}`, mac, ...rest, ...none, ...change };
}

/** A profile on the sample network; its id and name are what it says of VFs. */
export function sampleProfile(change: Partial<StoredVnicProfile> = {}): StoredVnicProfile {
  const id = change.passThrough ?? 'disabled';
  return sampleVnicProfile({ id, name: id, networkId: 'red', ...change });
}

/** A network with VLAN 100. */
export function sampleNetwork(change: Partial<StoredNetwork> = {}): StoredNetwork {
  const plain = { mtu: 1500, label: null, portIsolation: false, required: false, roles: [], qosId: null };
  return { id: 'red', name: 'red', revision: 1, description: '', vlanId: 100, ...plain, ...change };
}
