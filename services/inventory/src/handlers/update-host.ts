import type { Answer } from '@vfleet/bus/bus';
import type { UpdateHost } from '@vfleet/contracts/inventory';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { decideUpdateHost } from '../core/decide-host.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { nameInUse } from '../core/refuse-name.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import { hostChanged } from '../host-fact.ts';

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
        (stored, { payload }, _, clusterId) => {
          if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
          const decision = decideUpdateHost(stored.body, payload, clusterId);
          if (!decision.ok) return decision;
          const shown = { lastSeen: contacts.lastSeen(id), clusters: clusters.known };
          const reply = hostView(id, decision.ledger ?? stored.body, shown);
          return decision.ledger
            ? { ok: true, body: decision.ledger, reply, facts: [hostChanged(id, 'updated')] }
            : { ok: true, body: 'unchanged', reply };
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
