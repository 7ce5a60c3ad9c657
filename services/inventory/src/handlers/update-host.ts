import type { Answer } from '@vfleet/bus/bus';
import type { UpdateHost } from '@vfleet/contracts/inventory';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { withClusterSettings } from '../core/cluster-settings.ts';
import { decideUpdateHost } from '../core/decide-host.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { nameInUse } from '../core/refuse-name.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import { healthChanged, hostChanged } from '../host-fact.ts';

/** Policy says what a cluster reference names, unless it is the id of the cluster that the host is in. */
export const updateHost =
  ({
    hosts,
    contacts,
    clusters,
  }: {
    hosts: Deciding<Ledger>;
    contacts: Contacts;
    clusters: FollowedClusters;
  }): Answer<typeof UpdateHost> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) =>
      decideAndPut(
        hosts,
        id,
        message,
        (stored, { payload }, { now }, clusterId) => {
          if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
          const decision = decideUpdateHost(stored.body, payload, clusterId);
          if (!decision.ok) return decision;
          const shown = { lastSeen: contacts.lastSeen(id), clusters: clusters.known };
          if (!decision.ledger) return { ok: true, body: 'unchanged', reply: hostView(id, stored.body, shown) };
          const ledger = withClusterSettings(decision.ledger, clusters.known, now);
          const facts = [hostChanged(id, 'updated'), ...healthChanged(stored.body, ledger, now)];
          return { ok: true, body: ledger, reply: hostView(id, ledger, shown), facts };
        },
        {
          read: async (stored: Stored<Ledger> | undefined) => {
            const { cluster } = message.payload;
            const isSame = cluster === undefined || cluster === stored?.body.clusterId;
            return isSame ? cluster : clusters.resolve(cluster, message);
          },
          onDuplicate: ({ value, holder }) => [nameInUse(value, holder)],
        },
      ),
    );
