import type { Answer } from '@vfleet/bus/bus';
import type { RemoveHost } from '@vfleet/contracts/inventory';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Documents } from '@vfleet/documents/documents';
import type { HostListing } from '../collections.ts';
import { removalRefusals } from '../core/decide-host.ts';
import type { Ledger } from '../core/ledger.ts';
import { findHost, noSuchHost } from '../find-host.ts';
import { hostChanged, hostRemovedFact } from '../host-fact.ts';
import { forgetListing } from '../keep-listing.ts';

/** A redelivered removal by id finds its answer in the tombstone, so a host that is gone is looked up by the id given. */
export const removeHost =
  ({ hosts, listings }: { hosts: Deciding<Ledger>; listings: Documents<HostListing> }): Answer<typeof RemoveHost> =>
  async (message) => {
    const id = (await findHost(hosts.documents, message.payload.host))?.id ?? message.payload.host;
    return decideAndPut(
      hosts,
      id,
      message,
      (stored, { payload }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
        const refusals = removalRefusals(stored.body, payload.ifVersion);
        if (refusals.length > 0) return { ok: false, refusals };
        return { ok: true, body: 'remove', reply: {}, facts: [hostChanged(id, 'removed'), hostRemovedFact(id)] };
      },
      { afterPut: () => forgetListing(listings, id) },
    );
  };
