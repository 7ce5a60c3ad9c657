import type { Answer } from '@vfleet/bus/bus';
import type { GetNic } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import { findNic, noSuchNic } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { listsOf, nicVersion, nicView } from '../core/nic-view.ts';
import { onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';

export const getNic =
  ({ hosts, networks }: { hosts: Documents<Ledger>; networks: FollowedNetworks }): Answer<typeof GetNic> =>
  ({ payload }) =>
    onHost(hosts, payload.host, async ({ body }) => {
      const found = findNic(body, payload.nic);
      if (!found) return { ok: false, refusals: [noSuchNic(body, payload.nic)] };
      const known = await networks.knownFor(listsOf(found));
      return { ok: true, reply: { resource: nicView(body, found, known), version: nicVersion(body, found) } };
    });
