import type { Answer } from '@vfleet/bus/bus';
import type { GetHost } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';
import { onHost } from '../find-host.ts';

export const getHost =
  ({ hosts, contacts }: { hosts: Documents<Ledger>; contacts: Contacts }): Answer<typeof GetHost> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ id, body }) => ({
      ok: true,
      reply: { resource: hostView(id, body, contacts.lastSeen(id)), version: body.revision },
    }));
