import type { Answer } from '@vfleet/bus/bus';
import type { ListDevices } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { HostListing } from '../collections.ts';
import type { Ledger } from '../core/ledger.ts';
import { pageOfSorted } from '../core/page.ts';
import { onHost } from '../find-host.ts';

/** The host device table: the last listing that could be taken over; empty while there was none. */
export const listDevices =
  ({ hosts, listings }: { hosts: Documents<Ledger>; listings: Documents<HostListing> }): Answer<typeof ListDevices> =>
  ({ payload }) =>
    onHost(hosts, payload.host, async ({ id }) => {
      const listing = await listings.get(id);
      return { ok: true, reply: pageOfSorted(listing?.body.devices ?? [], ({ name }) => name, payload) };
    });
