import type { Answer } from '@vfleet/bus/bus';
import type { ListNicLabels } from '@vfleet/contracts/inventory-networks';
import type { Documents } from '@vfleet/documents/documents';
import { findNic, noSuchNic } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { pageOfSorted } from '../core/page.ts';
import { onHost } from '../find-host.ts';

export const listNicLabels =
  ({ hosts }: { hosts: Documents<Ledger> }): Answer<typeof ListNicLabels> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ body }) => {
      const found = findNic(body, payload.nic);
      if (!found) return { ok: false, refusals: [noSuchNic(body, payload.nic)] };
      const labels = found.kind === 'nic' ? found.nic.labels.map((id) => ({ id })) : [];
      return { ok: true, reply: pageOfSorted(labels, ({ id }) => id, payload) };
    });
