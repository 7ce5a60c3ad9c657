import type { Reaction } from '@vfleet/bus/bus';
import type { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { decideDomains } from '../core/decide-domains.ts';
import { uncleanedFences } from '../core/differences.ts';
import type { Ledger } from '../core/ledger.ts';
import { hostChanged, noted } from '../host-fact.ts';
import type { TellHosts } from '../tell-hosts.ts';

/** A host that nobody added is not taken in. What it left uncleaned it is told to clean, here and by a loop. */
export const domainsReported =
  ({ hosts, tellHosts }: { hosts: Deciding<Ledger>; tellHosts: TellHosts }): Reaction<typeof DomainsReported> =>
  (message) => {
    const { hostId } = message.payload;
    return reactAndPut(
      hosts,
      hostId,
      message,
      (host, { payload }, { now }) => {
        const decision = host && decideDomains(host.body, payload, now);
        if (!decision) return { ok: true, body: 'unchanged', reply: null };
        const { ledger, changed, notes } = decision;
        const facts = [...(changed ? [hostChanged(hostId, 'reported')] : []), ...noted(hostId, notes)];
        return { ok: true, body: ledger, reply: null, facts };
      },
      { afterPut: async (host) => host && tellHosts.clean(hostId, uncleanedFences(host.body)) },
    );
  };
