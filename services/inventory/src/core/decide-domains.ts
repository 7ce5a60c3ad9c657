import type { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import type { z } from 'zod';
import { isNewer } from './decide-report.ts';
import { withDifferences } from './differences.ts';
import type { Ledger } from './ledger.ts';

export type DomainsReport = z.infer<typeof DomainsReported.payload>;

/** `changed`: whether anybody sees a VF otherwise than before. `notes` are for the audit log. */
export type DomainsDecision = { ledger: Ledger; changed: boolean; notes: AuditNote[] };

/**
 * Takes into the ledger which domains hold VFs and which VFs are not cleaned; undefined when the report is not newer
 * than the last one. It is put also when it says nothing new: an older one that comes late is known by it.
 *
 * A fence above the ledger's counter was given out by a ledger that is lost (one restored from a backup): claims that
 * come are to be above it, so the counter is raised.
 */
export function decideDomains(ledger: Ledger, report: DomainsReport, now: string): DomainsDecision | undefined {
  if (!isNewer(report, ledger.domains)) return undefined;
  const domains = domainsOf(report);
  const highest = Math.max(0, ...report.fences.map(({ fence }) => fence));
  const isAhead = highest > ledger.fenceCounter;
  const taken = { ...ledger, domains, fenceCounter: Math.max(ledger.fenceCounter, highest) };
  const next = withDifferences(taken, now);
  const changed = next !== taken || isAhead || heldBy(domains) !== heldBy(ledger.domains);
  return { ledger: next, changed, notes: isAhead ? [fenceAhead(ledger, highest, now)] : [] };
}

function domainsOf(report: DomainsReport): NonNullable<Ledger['domains']> {
  const { boot, sequence, machineBoot, takenAt } = report;
  return {
    ...{ boot, sequence, machineBoot, takenAt },
    domains: report.domains
      .filter(({ vfs }) => vfs.length > 0)
      .map(({ name, vmId, placementId, attempt, vfs }) => ({ name, vmId, placementId, attempt, vfs })),
    uncleaned: report.fences
      .filter(({ cleaned }) => !cleaned)
      .map(({ pciAddress, fence, claimId }) => ({ pciAddress, fence, claimId })),
  };
}

/** All that the freedom of a VF rests on, for comparison. */
function heldBy(domains: Ledger['domains']): string {
  return JSON.stringify([domains?.domains ?? [], domains?.uncleaned ?? []]);
}

function fenceAhead({ id, name, fenceCounter }: Ledger, highest: number, now: string): AuditNote {
  return {
    action: 'raiseFenceCounter',
    target: `/api/hosts/${id}`,
    outcome: 'done',
    codes: ['FENCE_AHEAD'],
    detail: `The agent of ${name} keeps fence ${highest}, the ledger had given out up to ${fenceCounter}: it is older than the host, as after a backup was restored. Fences go on after ${highest}.`,
    at: now,
  };
}
