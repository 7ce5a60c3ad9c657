import type { Answer } from '@vfleet/bus/bus';
import type { ListHosts } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FollowedClusters } from '../follow-clusters.ts';

export const listHosts =
  ({
    hosts,
    contacts,
    clusters,
  }: {
    hosts: Documents<Ledger>;
    contacts: Contacts;
    clusters: FollowedClusters;
  }): Answer<typeof ListHosts> =>
  async ({ payload }) => {
    const { limit, cursor, clusterId } = payload;
    const asked = { limit: limit + 1, after: cursor };
    const found = await (clusterId === undefined ? hosts.list(asked) : hosts.find('cluster', clusterId, asked));
    const page = found.slice(0, limit);
    const items = page.map(({ id, body }) =>
      hostView(id, body, { lastSeen: contacts.lastSeen(id), clusters: clusters.known }),
    );
    return { ok: true, reply: { items, next: found.length > page.length ? (page.at(-1)?.id ?? null) : null } };
  };
