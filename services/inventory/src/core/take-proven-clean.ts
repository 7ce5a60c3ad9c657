import type { Ledger } from './ledger.ts';

/**
 * The ledger without the fences that the agent's proof has overtaken: none up to the one a VF is clean with is left to
 * be cleaned, whatever was reported before. The same ledger when there were none. Which domains there are is told by
 * the next report of them alone.
 */
export function takeProvenClean(ledger: Ledger, proven: readonly { pciAddress: string; fence: number }[]): Ledger {
  if (ledger.domains === null) return ledger;
  const cleaned = new Map(proven.map(({ pciAddress, fence }) => [pciAddress, fence]));
  const left = ledger.domains.uncleaned.filter(({ pciAddress, fence }) => fence > (cleaned.get(pciAddress) ?? 0));
  if (left.length === ledger.domains.uncleaned.length) return ledger;
  return { ...ledger, domains: { ...ledger.domains, uncleaned: left } };
}
