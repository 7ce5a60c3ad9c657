import type { Reaction } from '@vfleet/bus/bus';
import type { ChangeProgressed } from '@vfleet/contracts/host-agent';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { decideProgress } from '../core/decide-progress.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostChanged } from '../host-fact.ts';

export const changeProgressed =
  ({ hosts }: { hosts: Deciding<Ledger> }): Reaction<typeof ChangeProgressed> =>
  (message) =>
    reactAndPut(hosts, message.payload.hostId, message, (stored, { payload }, { now }) => {
      const ledger = stored && decideProgress(stored.body, payload, now);
      return ledger
        ? { ok: true, body: ledger, reply: null, facts: [hostChanged(payload.hostId, 'progressed')] }
        : { ok: true, body: 'unchanged', reply: null };
    });
