import type { VfState } from '@vfleet/contracts/vocabulary/vf';
import type { Ledger, LedgerClaim, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import type { VfEvidence } from './vf-evidence.ts';
import type { VfFreedom } from './vf-freedom.ts';
import { pfBlocks } from './vf-use.ts';

/** A VF with what was made of all that is known of it. */
export type JudgedVf = { vf: LedgerVf; config: LedgerVfsConfig; use: VfFreedom; evidence: VfEvidence };

/**
 * The one state a VF is in, and what of ledger, hypervisor and host shows it. A claim is told before all else: the
 * ledger is the judge of claims. Where the three do not agree is told with the host (differences.ts).
 */
export function vfProof(
  ledger: Pick<Ledger, 'claims' | 'domains' | 'report' | 'requireCarrier'>,
  { vf, config, use, evidence }: JudgedVf,
): { state: VfState; proof: string } {
  const says = [ledgerSays(ledger, evidence.claim, config), hypervisorSays(ledger, evidence), hostSays(ledger, vf)];
  return { state: stateOf(use, evidence.claim), proof: says.join('; ') };
}

function stateOf({ free, inUse }: VfFreedom, claim: LedgerClaim | undefined): VfState {
  if (claim) return claim.state;
  if (free) return 'free';
  return inUse ? 'in_use' : 'unavailable';
}

function ledgerSays(
  ledger: Parameters<typeof pfBlocks>[0],
  claim: LedgerClaim | undefined,
  config: LedgerVfsConfig,
): string {
  return [`ledger: ${claim ? inWords(claim) : 'no claim'}`, ...pfBlocks(ledger, config).map(({ text }) => text)].join(
    ', ',
  );
}

function inWords({ id, fence, state, since, dirty }: LedgerClaim): string {
  return `claim ${id} with fence ${fence}, ${state} since ${since}${dirty ? ` (${dirty.cause})` : ''}`;
}

function hypervisorSays({ domains }: Pick<Ledger, 'domains'>, { domain, uncleaned }: VfEvidence): string {
  if (!domains) return 'hypervisor: not heard yet';
  const holder = domain ? `domain ${domain.name} holds it` : 'no domain holds it';
  const fence = uncleaned ? `, prepared with fence ${uncleaned.fence} and not cleaned since` : '';
  return `hypervisor, ${domains.takenAt}: ${holder}${fence}`;
}

function hostSays({ report }: Pick<Ledger, 'report'>, { driver, reasons }: LedgerVf): string {
  if (!report) return 'host: not heard yet';
  const seen = reasons.length === 0 ? 'nothing that uses it' : reasons.map(({ text }) => text).join(', ');
  return `host, ${report.takenAt}: ${driver === null ? 'no driver' : `driver ${driver}`}, ${seen}`;
}
