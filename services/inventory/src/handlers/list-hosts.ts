import type { Answer } from '@vfleet/bus/bus';
import type { ListHosts } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import type { Contacts } from '../contacts.ts';
import { hostView } from '../core/host-view.ts';
import type { Ledger } from '../core/ledger.ts';

export const listHosts =
  ({ hosts, contacts }: { hosts: Documents<Ledger>; contacts: Contacts }): Answer<typeof ListHosts> =>
  async ({ payload }) => {
    const found = await hosts.list({ limit: payload.limit + 1, after: payload.cursor });
    const page = found.slice(0, payload.limit);
    const items = page.map(({ id, body }) => hostView(id, body, contacts.lastSeen(id)));
    return { ok: true, reply: { items, next: found.length > page.length ? (page.at(-1)?.id ?? null) : null } };
  };
