import type { StoredVnic } from './vm.ts';
import type { StoredVnicProfile } from './vnic-profile.ts';

/** What a vNIC can have that not every profile bears. */
export type VnicTrait = 'unlinked' | 'custom-mtu' | 'mac-spoofing' | 'pinned';

/** The traits that a vNIC has. */
export function traitsOf({
  linked,
  customMtu,
  macSpoofing,
  pinnedVf,
}: Pick<StoredVnic, 'linked' | 'customMtu' | 'macSpoofing' | 'pinnedVf'>): VnicTrait[] {
  return [
    ...(linked ? [] : (['unlinked'] as const)),
    ...(customMtu === null ? [] : (['custom-mtu'] as const)),
    ...(macSpoofing ? (['mac-spoofing'] as const) : []),
    ...(pinnedVf === null ? [] : (['pinned'] as const)),
  ];
}

/** The traits that no vNIC of a profile can have: a pin needs a VF, and the others cannot be had with one. */
export function traitsBarredBy({ passThrough }: Pick<StoredVnicProfile, 'passThrough'>): VnicTrait[] {
  switch (passThrough) {
    case 'disabled':
      return ['pinned'];
    case 'enabled':
    case 'preferred':
      return ['unlinked', 'custom-mtu', 'mac-spoofing'];
  }
}
