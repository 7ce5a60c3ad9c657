import { isOpen } from '@vfleet/contracts/desired-state';
import type { Ledger, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { type VfEvidence, vfEvidence } from './vf-evidence.ts';
import {
  type HostVfReasons,
  type LedgerVfState,
  type PfReason,
  pfReasons,
  type VfFreedom,
  vfFreedom,
} from './vf-freedom.ts';

/** Judges VFs of one ledger: whether a VF is free and whether it is in use, with every reason. */
export type VfUse = (config: LedgerVfsConfig, vf: LedgerVf) => VfFreedom;

/** Judges the VFs of a ledger one after the other; who has them is looked up once for all. */
export function vfUses(ledger: Pick<Ledger, 'claims' | 'domains'>): VfUse {
  const evidenceOf = vfEvidence(ledger);
  return (config, vf) =>
    vfFreedom(vf as HostVfReasons, { ...holdersInWords(evidenceOf(vf.pciAddress)), pf: pfState(config) });
}

/** Whether one VF in the ledger is free and whether it is in use; for several, `vfUses`. */
export function vfUse(ledger: Pick<Ledger, 'claims' | 'domains'>, config: LedgerVfsConfig, vf: LedgerVf): VfFreedom {
  return vfUses(ledger)(config, vf);
}

/** Why no VF of a PF can be taken now, whatever else is said of each. */
export function pfBlocks(config: LedgerVfsConfig): PfReason[] {
  return pfReasons(pfState(config));
}

/** While a claim holds a VF, its domain and its fence are the claim's business. */
function holdersInWords({ claim, domain, uncleaned }: VfEvidence): Omit<LedgerVfState, 'pf'> {
  if (claim)
    return {
      claim: `virtual machine ${claim.vm.name}, ${claim.vnic.name}, ${claim.state}`,
      domain: null,
      uncleaned: null,
    };
  return {
    claim: null,
    domain: domain ? `domain ${domain.name}` : null,
    uncleaned: uncleaned ? `prepared with fence ${uncleaned.fence}` : null,
  };
}

function pfState(config: LedgerVfsConfig): LedgerVfState['pf'] {
  const { nicName, stuck, desired } = config;
  const change = stuck ? 'stuck' : isOpen(desired) ? 'open' : 'none';
  return { name: nicName, change, unhealthy: unhealthy(config) };
}

function unhealthy({ missingSince, driver }: LedgerVfsConfig): string | null {
  if (missingSince !== null) return `missing since ${missingSince}`;
  return driver === null ? 'it has no driver bound' : null;
}
