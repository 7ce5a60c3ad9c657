import type { Refusal } from '@vfleet/contracts/refusals';
import { brokenRules, type Rule } from '@vfleet/contracts/rules';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { withDifferences } from './differences.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';
import { type ReleaseTimes, withReleased } from './released-claims.ts';

/**
 * What is known of the host beside its ledger: `saidAt` is when the administrator said it, `heardAt` when its agent was
 * heard last, while it is not silent. ISO 8601.
 */
type Word = { saidAt: string; heardAt: string | undefined };
type Subject = Word & { ledger: Ledger };

const RULES: Rule<Subject>[] = [
  {
    code: 'HOST_IS_UP',
    detail: ({ ledger: { name, connection }, heardAt }) => {
      if (connection.status === 'up') return `Host ${name} is up since ${connection.since}.`;
      return heardAt === undefined ? undefined : `The agent of host ${name} was heard at ${heardAt}.`;
    },
  },
  {
    code: 'HOST_IS_UP',
    detail: ({ ledger: { name, connection }, saidAt }) =>
      connection.status === 'down' && connection.since > saidAt
        ? `Host ${name} was up until ${connection.since}, after this was said at ${saidAt}.`
        : undefined,
    remedy: 'See that it is powered off now, and confirm it again.',
  },
];

/**
 * Takes an administrator's word that a host is powered off: no VM that ran there runs, so every claim is gone. A word that
 * comes late says nothing of a host that was up again since. No fence that was given out counts any more; the agent learns the floor before it prepares a VF again. What the hypervisor held
 * is left as it was told: it is asked again when the host is back, before any of its VFs is given out.
 */
export function decidePoweredOff(
  ledger: Ledger,
  word: Word,
  times: ReleaseTimes,
): { ok: false; refusals: Refusal[] } | { ok: true; ledger: Ledger; freed: LedgerClaim[]; notes: AuditNote[] } {
  const refusals = brokenRules(RULES, { ledger, ...word });
  if (refusals.length > 0) return { ok: false, refusals };
  const freed = ledger.claims;
  const released = withReleased(
    { ...ledger, fenceFloor: ledger.fenceCounter, domains: withoutIdle(ledger.domains) },
    freed.map(({ id }) => id),
    times,
  );
  const notes = freed.length === 0 ? [] : [claimsFreed(ledger, times.now)];
  return { ok: true, ledger: withDifferences(released, times.now), freed, notes };
}

/** What holds VFs is asked again; a VM that held none is known to be gone, and keeps the host from nothing. */
function withoutIdle(domains: Ledger['domains']): Ledger['domains'] {
  return domains && { ...domains, domains: domains.domains.filter(({ vfs }) => vfs.length > 0) };
}

function claimsFreed({ id, name, claims }: Ledger, now: string): AuditNote {
  const freed = claims.map(({ pciAddress, vm, vnic, state }) => `${pciAddress} of ${vm.name}, ${vnic.name} (${state})`);
  return {
    ...{ action: 'freeClaimsOfLostHost', target: `/api/hosts/${id}`, outcome: 'done', codes: [], at: now },
    detail: `Host ${name} was confirmed powered off, so these claims are gone: ${freed.join('; ')}.`,
  };
}
