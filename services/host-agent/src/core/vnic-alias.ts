/**
 * What a device of a domain is called after the vNIC it is made for. libvirt takes an alias of a user when it begins with
 * `ua-` and has only letters, digits, `-` and `_`; an id of VFleet has only those too.
 */
const OF_VNIC = 'ua-vnic-';
const OF_TWIN = 'ua-twin-';

/** The alias of the interface of a vNIC. */
export function aliasOf(vnicId: string): string {
  return `${OF_VNIC}${vnicId}`;
}

/** The alias of the virtio interface that takes over while the VF of a vNIC is away. */
export function twinAliasOf(vnicId: string): string {
  return `${OF_TWIN}${vnicId}`;
}

/** The vNIC that an alias names; undefined for a twin and for every device that VFleet did not make. */
export function vnicOfAlias(alias: string | undefined): string | undefined {
  return alias?.startsWith(OF_VNIC) ? alias.slice(OF_VNIC.length) : undefined;
}

/** Whether VFleet gave a device its alias. */
export function isOurAlias(alias: string | undefined): boolean {
  return alias !== undefined && (alias.startsWith(OF_VNIC) || alias.startsWith(OF_TWIN));
}
