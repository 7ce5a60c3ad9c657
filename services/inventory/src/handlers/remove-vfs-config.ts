import type { Answer } from '@vfleet/bus/bus';
import type { RemoveVfsConfig } from '@vfleet/contracts/inventory';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { decideRemoveVfsConfig } from '../core/decide-remove-vfs-config.ts';
import type { Ledger } from '../core/ledger.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import { hostChanged } from '../host-fact.ts';

export const removeVfsConfig =
  ({ hosts }: { hosts: Deciding<Ledger> }): Answer<typeof RemoveVfsConfig> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) =>
      decideAndPut(hosts, id, message, (stored, { payload }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
        const decision = decideRemoveVfsConfig(stored.body, payload);
        if (!decision.ok) return decision;
        const facts = [hostChanged(id, 'vfs-config-removed', [decision.config.nicName])];
        return { ok: true, body: decision.ledger, reply: {}, facts };
      }),
    );
