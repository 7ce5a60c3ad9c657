import type { StoredNetwork } from '../core/network.ts';
import type { StoredQos } from '../core/qos.ts';
import type { StoredVnic } from '../core/vm.ts';
import type { StoredVnicProfile } from '../core/vnic-profile.ts';

type Surroundings = {
  networks: readonly StoredNetwork[];
  qos: readonly StoredQos[];
  /** All profiles, the one in question among them. */
  profiles: readonly StoredVnicProfile[];
};

/**
 * Whether a stored profile is as docs/domain.md demands (Networks, profiles, vNICs): what must be so of it whatever was
 * asked for before, written down a second time. For tests, as the other one.
 */
export function isLawfulProfile(profile: StoredVnicProfile, { networks, qos, profiles }: Surroundings): boolean {
  const network = networks.find((one) => one.id === profile.networkId);
  const limit = qos.find((one) => one.id === profile.qosId);
  const spare = profiles.find((one) => one.id === profile.failoverId);
  const { min_tx_rate: least, max_tx_rate: most } = profile.vf;
  const onlyEmulated = [profile.portMirroring, profile.qosId, profile.networkFilter, network?.portIsolation];
  const onlyWithVf = [
    profile.migratable,
    profile.failoverId,
    ...Object.values(profile.vf).map((value) => value !== null),
  ];
  const absurd = profile.passThrough === 'disabled' ? onlyWithVf : onlyEmulated;
  return (
    network !== undefined &&
    !absurd.some(Boolean) &&
    (profile.qosId === null || limit?.type === 'vm_network') &&
    (profile.failoverId === null || (profile.migratable && spare !== profile && spare?.passThrough === 'disabled')) &&
    !(least && most && least > most) &&
    profiles.every((one) => one.id === profile.id || one.networkId !== profile.networkId || one.name !== profile.name)
  );
}

/** Whether a vNIC in a cluster of this version can have a profile. */
export function canHaveProfile(vnic: StoredVnic, profile: StoredVnicProfile, version: number): boolean {
  const isVf = vnic.interface === 'pci_passthrough';
  const demands = !vnic.linked || vnic.customMtu !== null || vnic.macSpoofing;
  if (profile.failoverId !== null && version < 4.6) return false;
  if (profile.passThrough === 'disabled') return !isVf && vnic.pinnedVf === null;
  if (demands || version < 3.6) return false;
  return isVf || (profile.passThrough === 'preferred' && vnic.interface === 'virtio');
}
