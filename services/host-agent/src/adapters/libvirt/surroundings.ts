import type { Clock } from '@vfleet/process/clock';
import type { BridgeOf } from '../../core/bridge-of.ts';
import type { LiveDomain } from '../../core/live-domain.ts';
import type { LibvirtEvents } from './events.ts';
import { listDomains } from './list-domains.ts';
import type { Virsh } from './virsh.ts';

/** What the driving of libvirt is made of. */
export type LibvirtSurroundings = {
  virsh: Virsh;
  clock: Clock;
  bridgeOf: BridgeOf;
  events: LibvirtEvents;
  newUuid: () => string;
  /** The URI of the libvirt of another host, by its name. */
  uriOf: (host: string) => string | undefined;
};

/** The domain of a VM that is there now. */
export async function domainOf({ virsh }: { virsh: Virsh }, vmId: string): Promise<LiveDomain | undefined> {
  return (await listDomains(virsh)).find(({ report }) => report.vmId === vmId);
}
