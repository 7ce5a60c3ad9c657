import type { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { z } from 'zod';
import { isNewer } from './decide-report.ts';
import { withDifferences } from './differences.ts';
import type { Ledger } from './ledger.ts';
import { raiseFences } from './raise-fences.ts';

export type DomainsReport = z.infer<typeof DomainsReported.payload>;

/** `changed`: whether anybody sees a VF otherwise than before. `notes` are for the audit log. */
export type DomainsDecision = { ledger: Ledger; changed: boolean; notes: AuditNote[] };

/**
 * Takes into the ledger which domains hold VFs or are ours, and which VFs are not cleaned; undefined when the report is not newer
 * than the last one. It is put also when it says nothing new: an older one that comes late is known by it. Fences go on
 * after the highest that the agent keeps, cleaned ones included.
 */
export function decideDomains(ledger: Ledger, report: DomainsReport, now: string): DomainsDecision | undefined {
  if (!isNewer(report, ledger.domains)) return undefined;
  const domains = domainsOf(report);
  const highest = Math.max(0, ...report.fences.map(({ fence }) => fence));
  const raised = raiseFences(ledger, highest, now);
  const taken = { ...raised.ledger, domains };
  const next = withDifferences(taken, now);
  const changed = next !== taken || raised.ledger !== ledger || heldBy(domains) !== heldBy(ledger.domains);
  return { ledger: next, changed, notes: raised.notes };
}

function domainsOf(report: DomainsReport): NonNullable<Ledger['domains']> {
  const { boot, sequence, machineBoot, takenAt } = report;
  return {
    ...{ boot, sequence, machineBoot, takenAt },
    domains: report.domains
      .filter(({ vfs, vmId }) => vfs.length > 0 || vmId !== null)
      .map(({ name, vmId, placementId, attempt, vfs }) => ({ name, vmId, placementId, attempt, vfs })),
    uncleaned: report.fences
      .filter(({ cleaned }) => !cleaned)
      .map(({ pciAddress, fence, claimId }) => ({ pciAddress, fence, claimId })),
  };
}

/** All that the freedom of a VF rests on, for comparison. */
function heldBy(domains: Ledger['domains']): string {
  return JSON.stringify([domains?.domains.filter(({ vfs }) => vfs.length > 0) ?? [], domains?.uncleaned ?? []]);
}
