import type { Answer } from '@vfleet/bus/bus';
import type { UpdateHost } from '@vfleet/contracts/inventory';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Contacts } from '../contacts.ts';
import { decideRename } from '../core/decide-host.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { nameInUse } from '../core/refuse-name.ts';
import { noSuchHost, onHost } from '../find-host.ts';
import { hostChanged } from '../host-fact.ts';

export const updateHost =
  ({ hosts, contacts }: { hosts: Deciding<Ledger>; contacts: Contacts }): Answer<typeof UpdateHost> =>
  (message) =>
    onHost(hosts.documents, message.payload.host, ({ id }) =>
      decideAndPut(
        hosts,
        id,
        message,
        (stored, { payload }) => {
          if (!stored) return { ok: false, refusals: [noSuchHost(payload.host)] };
          const decision = decideRename(stored.body, payload);
          if (!decision.ok) return decision;
          const reply = hostView(id, decision.ledger ?? stored.body, contacts.lastSeen(id));
          return decision.ledger
            ? { ok: true, body: decision.ledger, reply, facts: [hostChanged(id, 'updated')] }
            : { ok: true, body: 'unchanged', reply };
        },
        { onDuplicate: ({ value, holder }) => [nameInUse(value, holder)] },
      ),
    );
