import type { Answer } from '@vfleet/bus/bus';
import type { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import type { Documents } from '@vfleet/documents/documents';
import { hostFacts } from '../core/host-facts.ts';
import type { Ledger } from '../core/ledger.ts';

/** Hosts that are asked for by id and are not there are left out: they are gone, or were never added. */
export const readHostFacts =
  ({ hosts }: { hosts: Documents<Ledger> }): Answer<typeof ReadHostFacts> =>
  async ({ payload: { ids, limit, cursor } }) => {
    if (ids) {
      const read = await Promise.all(ids.map((id) => hosts.get(id)));
      const items = read.flatMap((host) => (host ? [hostFacts(host.body, host.version)] : []));
      return { ok: true, reply: { items, next: null } };
    }
    const found = await hosts.list({ limit: limit + 1, after: cursor });
    const page = found.slice(0, limit);
    const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
    return { ok: true, reply: { items: page.map(({ body, version }) => hostFacts(body, version)), next } };
  };
