import type { Answer } from '@vfleet/bus/bus';
import type { ReleaseClaims } from '@vfleet/contracts/inventory-claims';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { claimView, nicsOfVfs } from '../core/claim-view.ts';
import { claimsToClean } from '../core/claims-to-clean.ts';
import { decideReleaseClaims } from '../core/decide-release-claims.ts';
import { withDifferences } from '../core/differences.ts';
import type { Ledger } from '../core/ledger.ts';
import { noSuchHost } from '../find-host.ts';
import { hostChanged } from '../host-fact.ts';
import { releaseTimes } from '../release-times.ts';
import type { TellHosts } from '../tell-hosts.ts';

/**
 * The agent is told to clean after the put, and again by a loop until it has proved that it did. The claims are the
 * answer: none is stored.
 */
export const releaseClaims =
  ({ hosts, tellHosts }: { hosts: Deciding<Ledger>; tellHosts: TellHosts }): Answer<typeof ReleaseClaims> =>
  (message) =>
    decideAndPut(
      hosts,
      message.payload.hostId,
      message,
      (stored, { payload }, { now }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.hostId)] };
        const { ledger, claims } = decideReleaseClaims(stored.body, payload, releaseTimes(now));
        const reply = { claims: claims.map((claim) => claimView(stored.body, claim)) };
        if (!ledger) return { ok: true, body: 'unchanged', reply };
        const facts = [hostChanged(payload.hostId, 'claims', nicsOfVfs(ledger, claims))];
        return { ok: true, body: withDifferences(ledger, now), reply, facts };
      },
      {
        answers: 'none',
        afterPut: async (host) => {
          const asked = new Set(message.payload.claimIds);
          const claims = host ? claimsToClean(host.body, ['releasing']) : [];
          await tellHosts.clean(
            message.payload.hostId,
            claims.filter(({ claimId }) => asked.has(claimId)),
            message,
          );
        },
      },
    );
