import { IN_USE, inUseBy, STALE_IN_USE } from '../../core/hypervisor-failures.ts';
import type { GuestChange } from '../../guests.ts';
import type { LibvirtSurroundings } from './surroundings.ts';

/**
 * Tells a device that another domain has from one that libvirt only counts to it (F53), by looking at what that domain
 * has.
 */
export async function whoseDevice<Change extends GuestChange>(
  { listing }: Pick<LibvirtSurroundings, 'listing'>,
  change: Change,
): Promise<Change> {
  const use = change.kind === 'failed' ? inUseBy(change.message) : undefined;
  if (!use) return change;
  const holder = (await listing.all()).find(({ report }) => report.name === use.domain);
  const isHeld = holder?.report.vfs.some(({ pciAddress }) => pciAddress === use.device) ?? false;
  return { ...change, because: isHeld ? IN_USE : STALE_IN_USE };
}
