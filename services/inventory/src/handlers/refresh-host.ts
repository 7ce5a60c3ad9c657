import type { Answer } from '@vfleet/bus/bus';
import type { RefreshHost } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostUnreachable } from '../core/refuse-unreachable.ts';
import { onHost } from '../find-host.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import type { TellHosts } from '../tell-hosts.ts';

export const refreshHost =
  ({
    hosts,
    contacts,
    clusters,
    tellHosts,
  }: {
    hosts: Documents<Ledger>;
    contacts: Contacts;
    clusters: FollowedClusters;
    tellHosts: TellHosts;
  }): Answer<typeof RefreshHost> =>
  (message) =>
    onHost(hosts, message.payload.host, async ({ id, body }) =>
      (await tellHosts.requestReport(id, message))
        ? { ok: true, reply: hostView(id, body, { lastSeen: contacts.lastSeen(id), clusters: clusters.known }) }
        : { ok: false, refusals: [hostUnreachable(body)] },
    );
