import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Ledger } from './core/ledger.ts';
import type { ListsDecision } from './core/ledger-change.ts';
import { noSuchHost, onHost } from './find-host.ts';
import { hostChanged } from './host-fact.ts';

/**
 * Carries out a change of the networks or labels of a nic or its VfsConfig: the ledger alone changes, nothing is told to
 * the host. `read` finds what the decision needs of policy, anew before each.
 */
export function changeLists<Request extends { host: string }, Related, Reply>(
  hosts: Deciding<Ledger>,
  message: Message<Request>,
  {
    read,
    decide,
  }: {
    read: (ledger: Ledger) => Promise<Related>;
    decide: (ledger: Ledger, related: Related) => ListsDecision<Reply>;
  },
): Promise<Verdict<Reply>> {
  const { host } = message.payload;
  return onHost(hosts.documents, host, ({ id }) =>
    decideAndPut(
      hosts,
      id,
      message,
      (stored, _message, _given, related) => {
        if (!stored || !related) return { ok: false, refusals: [noSuchHost(host)] };
        const decision = decide(stored.body, related.found);
        if (!decision.ok) return decision;
        const { ledger, reply, nicName } = decision;
        return { ok: true, body: ledger, reply, facts: [hostChanged(id, 'networks', [nicName])] };
      },
      { read: async (stored: Stored<Ledger> | undefined) => stored && { found: await read(stored.body) } },
    ),
  );
}
