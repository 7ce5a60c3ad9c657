import type { Answer } from '@vfleet/bus/bus';
import type { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import { claimView, nicsOfVfs } from '../core/claim-view.ts';
import { claimsThere, decideClaimVfs } from '../core/decide-claim-vfs.ts';
import { withDifferences } from '../core/differences.ts';
import type { Ledger } from '../core/ledger.ts';
import { noSuchHost } from '../find-host.ts';
import type { FollowedNetworks } from '../follow-networks.ts';
import { hostChanged } from '../host-fact.ts';

/**
 * The claim is the answer: none is stored, and a redelivery finds its claims. Of networks that were resolved in a newer
 * version than is known here policy is asked first, for what they are labelled with decides.
 */
export const claimVfs =
  ({
    hosts,
    networks,
    claimDeadlineMs,
  }: {
    hosts: Deciding<Ledger>;
    networks: FollowedNetworks;
    claimDeadlineMs: number;
  }): Answer<typeof ClaimVfs> =>
  (message) =>
    decideAndPut(
      hosts,
      message.payload.hostId,
      message,
      (stored, { payload }, { now }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.hostId)] };
        const deadline = new Date(Date.parse(now) + claimDeadlineMs).toISOString();
        const decision = decideClaimVfs(stored.body, payload, { known: networks.known, now, deadline });
        if (!decision.ok) return decision;
        const ledger = decision.ledger ?? stored.body;
        const claims = decision.claims.map((claim) => claimView(ledger, claim));
        if (!decision.ledger) return { ok: true, body: 'unchanged', reply: { claims, ledgerVersion: stored.version } };
        const facts = [hostChanged(payload.hostId, 'claims', nicsOfVfs(ledger, decision.claims))];
        return {
          ok: true,
          body: withDifferences(ledger, now),
          reply: { claims, ledgerVersion: stored.version + 1 },
          facts,
        };
      },
      {
        answers: 'none',
        read: async (stored: Stored<Ledger> | undefined) => {
          if (!stored) return;
          const there = claimsThere(stored.body, message.payload);
          const wanted = message.payload.claims.filter(({ claimId }) => !there.has(claimId));
          await networks.knowVersions(wanted.map(({ network }) => network));
        },
      },
    );
