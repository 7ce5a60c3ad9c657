import type { Bus } from '@vfleet/bus/bus';
import { JudgeClaims } from '@vfleet/contracts/scheduler/runs';
import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { nicsOfVfs } from './core/claim-view.ts';
import { claimRef, claimsToClean } from './core/claims-to-clean.ts';
import { decideReleaseOrphans } from './core/decide-release-orphans.ts';
import type { Ledger, LedgerClaim } from './core/ledger.ts';
import { eachHost } from './each-host.ts';
import { hostChanged, noted } from './host-fact.ts';
import type { TellHosts } from './tell-hosts.ts';

/** The most claims the scheduler judges at once: the contract's. */
const JUDGED_AT_ONCE = 512;

/** How long the scheduler may take to judge, in milliseconds. */
const JUDGE_WITHIN_MS = 5000;

/** After so many questions in a row that were not answered a round is given up: the scheduler is not there. */
const GIVE_UP_AFTER = 3;

export type Inquiry = {
  hosts: Deciding<Ledger>;
  tellHosts: TellHosts;
  bus: Pick<Bus, 'ask'>;
  clock: Clock;
  log: Log;
  newId: () => string;
};

/**
 * Asks the scheduler which claims nobody needs, and begins to release those. `select` picks the claims to ask about of
 * each host that has some in `state`. What is not judged is left as it is: only the scheduler's word ends it. Throws
 * when the scheduler does not answer.
 */
export async function inquire(
  deps: Inquiry,
  { state, select }: { state: 'reserved' | 'attached'; select: (ledger: Ledger) => readonly LedgerClaim[] },
): Promise<void> {
  let unanswered = 0;
  await eachHost(deps.hosts.documents, { key: 'claims', value: state }, async (hostId, ledger) => {
    const claims = select(ledger);
    for (let from = 0; from < claims.length; from += JUDGED_AT_ONCE) {
      try {
        await judge(deps, hostId, claims.slice(from, from + JUDGED_AT_ONCE));
        unanswered = 0;
      } catch (problem) {
        if (++unanswered === GIVE_UP_AFTER) throw problem;
        deps.log.warn({ hostId, problem }, 'Nobody said whether claims are needed; they stay, and it is asked again');
      }
    }
  });
}

async function judge(deps: Inquiry, hostId: string, claims: readonly LedgerClaim[]): Promise<void> {
  const { bus, clock, newId } = deps;
  const id = newId();
  const actor = { kind: 'service' as const, name: 'inventory' };
  const context = { id, correlationId: id, actor, sentAt: isoNow(clock) };
  const asked = claims.map((claim) => ({ ...claimRef(claim), placementId: claim.placementId, vmId: claim.vm.id }));
  const verdict = await bus.ask(JudgeClaims, { hostId, claims: asked }, context, { timeoutMs: JUDGE_WITHIN_MS });
  if (!verdict.ok) throw new Error(verdict.refusals.map(({ detail }) => detail).join('; '));
  const { orphans } = verdict.reply;
  if (orphans.length === 0) return;

  const message = { ...context, name: 'inventory.orphans-found', payload: {}, redelivered: false };
  await reactAndPut(
    deps.hosts,
    hostId,
    message,
    (host, _, { now }) => {
      const decision = host && decideReleaseOrphans(host.body, orphans, now);
      if (!decision) return { ok: true, body: 'unchanged', reply: null };
      const { ledger, notes } = decision;
      const facts = [hostChanged(hostId, 'claims', nicsOfVfs(ledger, decision.orphans)), ...noted(hostId, notes)];
      return { ok: true, body: ledger, reply: null, facts };
    },
    { afterPut: async (host) => host && deps.tellHosts.clean(hostId, claimsToClean(host.body, ['releasing'])) },
  );
}
