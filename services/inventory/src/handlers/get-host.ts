import type { Answer } from '@vfleet/bus/bus';
import type { GetHost } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { onHost } from '../find-host.ts';
import type { FollowedClusters } from '../follow-clusters.ts';

export const getHost =
  ({
    hosts,
    contacts,
    clusters,
  }: {
    hosts: Documents<Ledger>;
    contacts: Contacts;
    clusters: FollowedClusters;
  }): Answer<typeof GetHost> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ id, body }) => ({
      ok: true,
      reply: {
        resource: hostView(id, body, { lastSeen: contacts.lastSeen(id), clusters: clusters.known }),
        version: body.revision,
      },
    }));
