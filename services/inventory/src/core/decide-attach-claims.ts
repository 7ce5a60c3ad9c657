import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import { type ClaimsDecision, claimsNamed, isHeld, withClaims } from './claims-decision.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';

type Request = { placementId: string; claimIds: readonly string[] };

const RULES: Rule<{ ledger: Ledger; request: Request; named: readonly LedgerClaim[] }>[] = [
  {
    code: 'CLAIM_WAS_RELEASED',
    detail: ({ ledger, request, named }) => {
      const held = new Set(named.filter(isHeld).map(({ id }) => id));
      const lost = request.claimIds.filter((id) => !held.has(id));
      return lost.length === 0 ? undefined : `Host ${ledger.name} does not hold ${lost.join(', ')} any more.`;
    },
  },
];

/**
 * Turns reserved claims into attached ones, all or none; attached ones stay as they are. `claims` are all that the
 * placement holds on the host after it.
 */
export function decideAttachClaims(ledger: Ledger, request: Request, now: string): ClaimsDecision {
  const named = claimsNamed(ledger, request);
  const refusals = brokenRules(RULES, { ledger, request, named });
  if (refusals.length > 0) return { ok: false, refusals };
  const attached = named
    .filter(({ state }) => state === 'reserved')
    .map((claim): LedgerClaim => ({ ...claim, state: 'attached', since: now, deadline: null }));
  const next = withClaims(ledger, attached);
  const claims = next.claims.filter(({ placementId }) => placementId === request.placementId);
  return { ok: true, ledger: attached.length === 0 ? undefined : next, claims };
}
