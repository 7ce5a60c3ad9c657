import { driftOf, isChanging } from './drift.ts';
import type { Ledger, LedgerClaim, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { whyUnhealthy } from './pf-health.ts';
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

/** What of a ledger VFs are judged by. */
type Known = Pick<Ledger, 'claims' | 'domains' | 'requireCarrier'>;

/** Judges the VFs of a ledger one after the other; who has them is looked up once for all, and each PF judged once. */
export function vfUses(ledger: Known): VfUse {
  const evidenceOf = vfEvidence(ledger);
  const states = new Map<LedgerVfsConfig, LedgerVfState['pf']>();
  const stateOf = (config: LedgerVfsConfig) => {
    const state = states.get(config) ?? pfState(ledger, config);
    states.set(config, state);
    return state;
  };
  return (config, vf) =>
    vfFreedom(vf as HostVfReasons, { ...holdersInWords(evidenceOf(vf.pciAddress)), pf: stateOf(config) });
}

/** Whether one VF in the ledger is free and whether it is in use; for several, `vfUses`. */
export function vfUse(ledger: Known, config: LedgerVfsConfig, vf: LedgerVf): VfFreedom {
  return vfUses(ledger)(config, vf);
}

/** Why no VF of a PF can be taken now, whatever else is said of each. */
export function pfBlocks(ledger: Known, config: LedgerVfsConfig): PfReason[] {
  return pfReasons(pfState(ledger, config));
}

/** While a claim holds a VF, its domain and its fence are the claim's business. */
function holdersInWords({ claim, domain, uncleaned }: VfEvidence): Omit<LedgerVfState, 'pf'> {
  if (claim)
    return {
      claim: claimInWords(claim),
      domain: null,
      uncleaned: null,
    };
  return {
    claim: null,
    domain: domain ? `domain ${domain.name}` : null,
    uncleaned: uncleaned ? `prepared with fence ${uncleaned.fence}` : null,
  };
}

/** A claim that is quarantined, or that waits for its holder, says why and what to do. */
function claimInWords({ vm, vnic, state, dirty }: LedgerClaim): string {
  const why = dirty === null ? '' : `: ${dirty.cause}. ${dirty.remedy}`;
  return `virtual machine ${vm.name}, ${vnic.name}, ${state}${why}`;
}

function pfState(ledger: Known, config: LedgerVfsConfig): LedgerVfState['pf'] {
  const drift = driftOf(config);
  return {
    name: config.nicName,
    change: config.stuck ? 'stuck' : isChanging(config) ? 'open' : 'none',
    drift: drift && `${drift.wanted} wanted, ${drift.existing} there since ${drift.since}`,
    unhealthy: whyUnhealthy(ledger, config),
  };
}
