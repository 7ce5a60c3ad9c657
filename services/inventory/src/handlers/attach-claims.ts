import type { Answer } from '@vfleet/bus/bus';
import type { AttachClaims } from '@vfleet/contracts/inventory-claims';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { claimView, nicsOfVfs } from '../core/claim-view.ts';
import { decideAttachClaims } from '../core/decide-attach-claims.ts';
import { withDifferences } from '../core/differences.ts';
import type { Ledger } from '../core/ledger.ts';
import { noSuchHost } from '../find-host.ts';
import { hostChanged } from '../host-fact.ts';

/** The claims are the answer: none is stored, and a redelivery finds them attached. */
export const attachClaims =
  ({ hosts }: { hosts: Deciding<Ledger> }): Answer<typeof AttachClaims> =>
  (message) =>
    decideAndPut(
      hosts,
      message.payload.hostId,
      message,
      (stored, { payload }, { now }) => {
        if (!stored) return { ok: false, refusals: [noSuchHost(payload.hostId)] };
        const decision = decideAttachClaims(stored.body, payload, now);
        if (!decision.ok) return decision;
        const ledger = decision.ledger ?? stored.body;
        const reply = { claims: decision.claims.map((claim) => claimView(ledger, claim)) };
        if (!decision.ledger) return { ok: true, body: 'unchanged', reply };
        const facts = [hostChanged(payload.hostId, 'claims', nicsOfVfs(ledger, decision.claims))];
        return { ok: true, body: withDifferences(ledger, now), reply, facts };
      },
      { answers: 'none' },
    );
