import type { Answer } from '@vfleet/bus/bus';
import type { ListVfsConfigLabels } from '@vfleet/contracts/inventory-networks';
import type { Documents } from '@vfleet/documents/documents';
import { findVfsConfig } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { pageOfSorted } from '../core/page.ts';
import { onHost } from '../find-host.ts';

export const listVfsConfigLabels =
  ({ hosts }: { hosts: Documents<Ledger> }): Answer<typeof ListVfsConfigLabels> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ body }) => {
      const found = findVfsConfig(body, payload);
      if (!found.ok) return found;
      const labels = found.config.labels.map((id) => ({ id }));
      return { ok: true, reply: pageOfSorted(labels, ({ id }) => id, payload) };
    });
