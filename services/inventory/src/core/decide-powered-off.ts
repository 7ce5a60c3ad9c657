import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { withDifferences } from './differences.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';
import { type ReleaseTimes, withReleased } from './released-claims.ts';

/** `heardAt`: when the host's agent was heard last, while it is not silent. */
type Subject = { ledger: Ledger; heardAt: string | undefined };

const RULES: Rule<Subject>[] = [
  {
    code: 'HOST_IS_UP',
    detail: ({ ledger: { name, connection }, heardAt }) => {
      if (connection.status === 'up') return `Host ${name} is up since ${connection.since}.`;
      return heardAt === undefined ? undefined : `The agent of host ${name} was heard at ${heardAt}.`;
    },
  },
];

/**
 * Takes an administrator's word that a host is powered off: no VM that ran there runs, so every claim is gone. No fence
 * that was given out counts any more; the agent learns the floor before it prepares a VF again. What the hypervisor held
 * is left as it was told: it is asked again when the host is back, before any of its VFs is given out.
 */
export function decidePoweredOff(
  ledger: Ledger,
  heardAt: string | undefined,
  times: ReleaseTimes,
): { ok: false; refusals: Refusal[] } | { ok: true; ledger: Ledger; freed: LedgerClaim[]; notes: AuditNote[] } {
  const refusals = brokenRules(RULES, { ledger, heardAt });
  if (refusals.length > 0) return { ok: false, refusals };
  const freed = ledger.claims;
  const released = withReleased(
    { ...ledger, fenceFloor: ledger.fenceCounter },
    freed.map(({ id }) => id),
    times,
  );
  const notes = freed.length === 0 ? [] : [claimsFreed(ledger, times.now)];
  return { ok: true, ledger: withDifferences(released, times.now), freed, notes };
}

function claimsFreed({ id, name, claims }: Ledger, now: string): AuditNote {
  const freed = claims.map(({ pciAddress, vm, vnic, state }) => `${pciAddress} of ${vm.name}, ${vnic.name} (${state})`);
  return {
    ...{ action: 'freeClaimsOfLostHost', target: `/api/hosts/${id}`, outcome: 'done', codes: [], at: now },
    detail: `Host ${name} was confirmed powered off, so these claims are gone: ${freed.join('; ')}.`,
  };
}
