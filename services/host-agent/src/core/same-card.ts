import type { PfIdentity } from '@vfleet/contracts/vocabulary/host-report';

/**
 * Whether the card at an address is the one its number was persisted for: vendor, device and, where both are known,
 * permanent MAC. A MAC is unknown while no driver is bound. Nothing kept (`kept` null) is no mismatch.
 */
export function isSameCard(kept: PfIdentity | null, found: PfIdentity): boolean {
  if (kept === null) return true;
  const macDiffers = kept.mac !== null && found.mac !== null && kept.mac !== found.mac;
  return kept.vendorId === found.vendorId && kept.deviceId === found.deviceId && !macDiffers;
}

/** A card in words: `8086:10c9 with MAC 52:54:00:aa:00:01`. */
export function describeCard({ vendorId, deviceId, mac }: PfIdentity): string {
  const ids = `${vendorId.replace(/^0x/, '')}:${deviceId.replace(/^0x/, '')}`;
  return mac === null ? ids : `${ids} with MAC ${mac}`;
}
