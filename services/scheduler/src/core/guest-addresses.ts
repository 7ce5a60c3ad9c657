import type { OnHost, PlacedVnic, Placement } from './placement.ts';

/** Addresses are kept of so many vNICs of a VM: more than one can have, so that those that were removed go in the end. */
const KEPT = 256;

/** What a host tells of the interfaces of its domain: each address is kept from then on, and taken up by its vNIC. */
export function guestAddressesAfter(
  { guestAddresses }: Pick<Placement, 'guestAddresses'>,
  at: OnHost,
  attached: readonly { vnicId: string; guestPciAddress: string | null }[],
): { at: OnHost; guestAddresses: Placement['guestAddresses'] } {
  const told = attached.flatMap(({ vnicId, guestPciAddress: address }) => (address ? [{ vnicId, address }] : []));
  const isTold = new Set(told.map(({ vnicId }) => vnicId));
  const kept = [...guestAddresses.filter(({ vnicId }) => !isTold.has(vnicId)), ...told].slice(-KEPT);
  const addressOf = ({ vnic, guestPciAddress }: PlacedVnic) =>
    told.find(({ vnicId }) => vnicId === vnic.id)?.address ?? guestPciAddress;
  const vnics = at.vnics.map((placed) => ({ ...placed, guestPciAddress: addressOf(placed) }));
  return { at: { ...at, vnics }, guestAddresses: kept };
}
