import type { Clock } from '@vfleet/process/clock';
import type { BridgeOf } from '../../core/bridge-of.ts';
import type { LibvirtEvents } from './events.ts';
import type { DomainListing } from './list-domains.ts';
import type { Virsh } from './virsh.ts';

/** What the driving of libvirt is made of. */
export type LibvirtSurroundings = {
  virsh: Virsh;
  listing: DomainListing;
  clock: Clock;
  bridgeOf: BridgeOf;
  events: LibvirtEvents;
  newUuid: () => string;
  /** The URI of the libvirt of another host, by its name. */
  uriOf: (host: string) => string | undefined;
};

/** The domain of a VM that is there now. */
export function domainOf({ listing }: Pick<LibvirtSurroundings, 'listing'>, vmId: string) {
  return listing.ofVm(vmId);
}
