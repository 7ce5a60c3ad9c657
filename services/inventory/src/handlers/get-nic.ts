import type { Answer } from '@vfleet/bus/bus';
import type { GetNic } from '@vfleet/contracts/inventory';
import type { Documents } from '@vfleet/documents/documents';
import { findNic, noSuchNic } from '../core/find-nic.ts';
import type { Ledger } from '../core/ledger.ts';
import { nicView } from '../core/nic-view.ts';
import { onHost } from '../find-host.ts';

export const getNic =
  ({ hosts }: { hosts: Documents<Ledger> }): Answer<typeof GetNic> =>
  ({ payload }) =>
    onHost(hosts, payload.host, ({ body }) => {
      const found = findNic(body, payload.nic);
      return found
        ? { ok: true, reply: { resource: nicView(body, found), version: found.config?.revision ?? body.revision } }
        : { ok: false, refusals: [noSuchNic(body, payload.nic)] };
    });
