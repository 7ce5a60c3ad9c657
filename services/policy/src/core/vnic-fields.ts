import type { NewVnic, VnicChange } from '@vfleet/contracts/vocabulary/vnic';
import type { StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';
import type { DraftVnic } from './vnic-rules.ts';

/**
 * A new vNIC: virtio, plugged and linked unless told. With a profile that always gives a VF it is a passthrough one
 * without being told, for it can be nothing else.
 */
export function newVnic(
  id: string,
  fields: NewVnic,
  { profile, mac }: { profile: Pick<StoredVnicProfile, 'id' | 'passThrough'> | null; mac: string | null },
): DraftVnic {
  const type = profile?.passThrough === 'enabled' ? 'pci_passthrough' : 'virtio';
  const unless = { interface: type, plugged: true, linked: true, macSpoofing: false, guestPciAddress: null } as const;
  const none = { bootOrder: null, customMtu: null, pinnedVf: null };
  const { name } = fields;
  return changedVnic({ id, name, revision: 1, ...unless, ...none, profileId: profile?.id ?? null, mac }, fields);
}

/** A vNIC with other fields; those that are absent stay. Its profile and MAC address are changed by their caller. */
export function changedVnic<Vnic extends DraftVnic | StoredVnic>(vnic: Vnic, fields: VnicChange): Vnic {
  const { pinned_vf: pin, boot_order: bootOrder, custom_mtu: customMtu } = fields;
  return {
    ...vnic,
    name: fields.name ?? vnic.name,
    interface: fields.interface ?? vnic.interface,
    plugged: fields.plugged ?? vnic.plugged,
    linked: fields.linked ?? vnic.linked,
    bootOrder: bootOrder === undefined ? vnic.bootOrder : bootOrder,
    customMtu: customMtu === undefined ? vnic.customMtu : customMtu,
    macSpoofing: fields.mac_spoofing ?? vnic.macSpoofing,
    pinnedVf: pin === undefined ? vnic.pinnedVf : pin && { hostId: pin.host.id, pciAddress: pin.pci_address },
  };
}
