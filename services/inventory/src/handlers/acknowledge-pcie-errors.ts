import type { Answer } from '@vfleet/bus/bus';
import type { AcknowledgePcieErrors } from '@vfleet/contracts/inventory-health';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { decideAcknowledge } from '../core/decide-acknowledge.ts';
import type { Ledger } from '../core/ledger.ts';
import { vfsConfigView } from '../core/vfs-config-view.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';
import { healthChanged, hostChanged } from '../host-fact.ts';

export const acknowledgePcieErrors =
  ({
    hosts,
    networks: { known },
  }: {
    hosts: Deciding<Ledger>;
    networks: FollowedNetworks;
  }): Answer<typeof AcknowledgePcieErrors> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) =>
      decideAndPut(hosts, id, message, (stored, { payload }, { now }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
        const decision = decideAcknowledge(stored.body, payload, now);
        if (!decision.ok) return decision;
        const { ledger, config } = decision;
        const reply = vfsConfigView(ledger, config, known);
        if (ledger === stored.body) return { ok: true, body: 'unchanged', reply };
        const facts = [hostChanged(id, 'updated', [config.nicName]), ...healthChanged(stored.body, ledger, now)];
        return { ok: true, body: ledger, reply, facts };
      }),
    );
