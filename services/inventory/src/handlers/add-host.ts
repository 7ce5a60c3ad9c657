import type { Answer } from '@vfleet/bus/bus';
import type { AddHost } from '@vfleet/contracts/inventory';
import { refusal } from '@vfleet/contracts/refusals';
import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { hostView } from '../core/host-view.ts';
import { type Ledger, newLedger } from '../core/ledger.ts';
import { idIsAName, nameInUse } from '../core/refuse-name.ts';
import { hostChanged } from '../host-fact.ts';

export const addHost =
  ({ hosts }: { hosts: Deciding<Ledger> }): Answer<typeof AddHost> =>
  (message) => {
    const { hostId, name } = message.payload;
    return decideAndPut(
      hosts,
      hostId,
      message,
      (stored, _, { now }) => {
        if (stored)
          return { ok: false, refusals: [refusal('ID_ALREADY_USED', `${stored.body.name} has the id ${hostId}.`)] };
        const ledger = newLedger({ id: hostId, name, clusterId: DEFAULT_CLUSTER.id, now });
        return {
          ok: true,
          body: ledger,
          reply: hostView(hostId, ledger, undefined),
          facts: [hostChanged(hostId, 'added')],
        };
      },
      { onDuplicate: ({ value, holder }) => [value === name ? nameInUse(name, holder) : idIsAName(hostId, holder)] },
    );
  };
