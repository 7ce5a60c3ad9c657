import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import { AGENT_VERSION } from './agent-version.ts';
import type { ReportBody } from './core/digest-input.ts';
import { type KeptPf, pfReport } from './core/pf-report.ts';
import type { PfState } from './host.ts';
import type { Scanned } from './scanner.ts';

/**
 * All a report says of a host: what was scanned joined with what the agent keeps. `lastSeen` are the PFs of the last
 * good scan, for the settlements of a host that cannot be scanned now.
 */
export function reportBody(
  { scan, error }: Scanned,
  kept: readonly KeptPf[],
  lastSeen: ReadonlyMap<PciAddress, PfState>,
): ReportBody {
  const isScanned = scan !== null;
  const shown = isScanned ? new Map(scan.pfs.map((pf) => [pf.pciAddress, pf])) : lastSeen;
  return {
    agentVersion: AGENT_VERSION,
    iommu: scan?.iommu ?? null,
    platform: scan?.platform ?? null,
    devices: scan?.devices ?? null,
    scanError: error,
    nics: scan?.nics ?? [],
    vfs: scan?.pfs.flatMap(({ vfs }) => vfs) ?? [],
    pfs: kept.map((each) => pfReport(shown.get(each.pciAddress) ?? null, each, { isScanned })),
  };
}
