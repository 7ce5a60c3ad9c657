import type { Answer } from '@vfleet/bus/bus';
import type { SetMaintenance } from '@vfleet/contracts/inventory-plan';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Contacts } from '../contacts.ts';
import { decideMaintenance } from '../core/decide-maintenance.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import { hostChanged } from '../host-fact.ts';

export const setMaintenance =
  ({
    hosts,
    contacts,
    clusters,
  }: {
    hosts: Deciding<Ledger>;
    contacts: Contacts;
    clusters: FollowedClusters;
  }): Answer<typeof SetMaintenance> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) =>
      decideAndPut(hosts, id, message, (stored, { payload }, { now }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
        const ledger = decideMaintenance(stored.body, payload.maintenance, now);
        const shown = { lastSeen: contacts.lastSeen(id), clusters: clusters.known };
        const reply = hostView(id, ledger ?? stored.body, shown);
        return ledger
          ? { ok: true, body: ledger, reply, facts: [hostChanged(id, 'status')] }
          : { ok: true, body: 'unchanged', reply };
      }),
    );
