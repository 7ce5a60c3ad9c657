import { randomUUID } from 'node:crypto';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { BridgeOf } from '../core/bridge-of.ts';
import type { Guests } from '../guests.ts';
import { domainLives } from './libvirt/domain-lives.ts';
import { domainMoves } from './libvirt/domain-moves.ts';
import { domainPlugs } from './libvirt/domain-plugs.ts';
import { libvirtEvents } from './libvirt/events.ts';
import { domainListing } from './libvirt/list-domains.ts';
import { domainOf, type LibvirtSurroundings } from './libvirt/surroundings.ts';
import type { Virsh } from './libvirt/virsh.ts';
import { debounce } from './linux/debounce.ts';

/** A start or a stop is several events. */
const QUIET_MS = 300;
const AT_MOST_MS = 2_000;
/** What changes the list of domains, or what one of them has. */
const CHANGES = new Set(['lifecycle', 'device-added', 'device-removed', 'metadata-change']);

/** The half of Guests that drives domains. */
export type Domains = Omit<Guests, 'lookAtVf' | 'setVf' | 'bindVf'>;

/**
 * The domains of this host's libvirt, driven through virsh, which is all that has to be installed beside it. What VFleet
 * keeps of a domain stands in its metadata. While libvirt is away every question throws and every change fails, both in
 * words: nothing counts as gone because nobody told of it.
 */
export function libvirtDomains({
  virsh,
  migrationUri,
  bridgeOf,
  clock,
  log,
  newUuid = randomUUID,
}: {
  virsh: Virsh;
  /** The URI of another host's libvirt, with `{host}` for its name. */
  migrationUri: string;
  bridgeOf: BridgeOf;
  clock: Clock;
  log: Log;
  newUuid?: () => string;
}): Domains {
  const events = libvirtEvents({ virsh, clock, log });
  const uriOf = (host: string) => (/^[\w.-]+$/.test(host) ? migrationUri.replaceAll('{host}', host) : undefined);
  const listing = domainListing(virsh);
  const around: LibvirtSurroundings = { virsh, listing, clock, bridgeOf, events, newUuid, uriOf };

  return {
    ...domainLives(around),
    ...domainPlugs(around),
    ...domainMoves(around),
    domains: async () => (await listing.all()).map(({ report }) => report),
    mayStillCome: (vmId) => virsh.isBringingTo(vmId),
    interfacesOf: async (vmId) => (await domainOf(around, vmId))?.interfaces,
    watch: (onChange) => {
      const changes = debounce(onChange, { quietMs: QUIET_MS, atMostMs: AT_MOST_MS, clock });
      const stop = events.listen((event) => {
        if (event === null || CHANGES.has(event.kind)) changes.signal();
      });
      return () => {
        stop();
        changes.stop();
      };
    },
  };
}
