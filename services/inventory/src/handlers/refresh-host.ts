import type { Answer } from '@vfleet/bus/bus';
import type { RefreshHost } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostUnreachable } from '../core/refuse-unreachable.ts';
import { onHost } from '../find-host.ts';
import type { TellHosts } from '../tell-hosts.ts';

export const refreshHost =
  (deps: { hosts: Documents<Ledger>; contacts: Contacts; tellHosts: TellHosts }): Answer<typeof RefreshHost> =>
  (message) =>
    onHost(deps.hosts, message.payload.host, async ({ id, body }) =>
      (await deps.tellHosts.requestReport(id, message))
        ? { ok: true, reply: hostView(id, body, deps.contacts.lastSeen(id)) }
        : { ok: false, refusals: [hostUnreachable(body)] },
    );
