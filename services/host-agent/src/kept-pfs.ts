import type { PciAddress } from '@vfleet/contracts/vocabulary/pci';
import type { KeptPf } from './core/pf-report.ts';
import type { PfStanding } from './pf-worker.ts';
import { StateFileError, type StateFiles } from './state-files.ts';

/** Every PF the agent keeps something of. */
export async function keptPfs(files: StateFiles): Promise<PciAddress[]> {
  const kept = await Promise.all([files.managed(), files.settledPfs(), files.openJournals(), files.unsupportedPfs()]);
  return [...new Set(kept.flat())].toSorted();
}

/** What the agent keeps of one PF and how it stands there; files that cannot be read are a problem in words. */
export async function keptPf(files: StateFiles, pciAddress: PciAddress, standing: PfStanding): Promise<KeptPf> {
  const problems: string[] = [];
  const tolerant = async <Value>(reading: Promise<Value>): Promise<Value | null> => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof StateFileError)) throw error;
      problems.push(`${error.message}. ${error.remedy}`);
      return null;
    }
  };
  const persisted = await tolerant(files.persisted(pciAddress));
  const settlement = standing.settlement ?? (await tolerant(files.settlement(pciAddress)));
  await tolerant(files.journal(pciAddress));
  return {
    pciAddress,
    persisted: persisted?.count ?? null,
    persistedMtu: persisted?.mtu ?? null,
    identity: persisted?.identity ?? null,
    settlement,
    changing: standing.changing,
    stuck: standing.stuck,
    unsupported: await tolerant(files.unsupported(pciAddress)),
    problem: problems.length > 0 ? problems.join(' ') : null,
  };
}
