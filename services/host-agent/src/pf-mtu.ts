import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { Host } from './host.ts';

/**
 * The MTU of a PF's own netdev, the first by name; null when it has none, or when it is not `needed`: the host lists all its
 * links to tell it, and most changes are about numbers alone.
 */
export async function pfMtu(
  host: Pick<Host, 'nicsOf'>,
  address: PciAddress,
  { needed }: { needed: boolean },
): Promise<number | null> {
  if (!needed) return null;
  const own = (await host.nicsOf([address])).filter(({ representorOf }) => representorOf === null);
  return own.toSorted((a, b) => (a.name < b.name ? -1 : 1))[0]?.mtu ?? null;
}
