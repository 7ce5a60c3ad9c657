import { isOpen } from '@vfleet/contracts/desired-state';
import { type VfReason, type VfReasonCode, vfReason } from '@vfleet/contracts/vocabulary/vf-in-use';
import type { Ledger, LedgerVf, LedgerVfsConfig } from './ledger.ts';

export type VfUse = { free: boolean; inUse: boolean; reasons: VfReason[] };

/**
 * Whether a VF is free and whether it is in use, now: what the host showed, plus what only the ledger knows — claims
 * and the state of the PF (design: free VF, conditions 1 and 9; no VF of an unsettled PF can be claimed).
 */
export function vfUse(ledger: Ledger, config: LedgerVfsConfig, vf: LedgerVf): VfUse {
  const claim = claimOf(ledger, vf);
  const reasons: VfReason[] = vf.reasons.map(({ code, text }) => ({ code: code as VfReasonCode, text }));
  if (claim)
    reasons.unshift(vfReason('CLAIMED', `virtual machine ${claim.vm.name}, ${claim.vnic.name}, ${claim.state}`));
  if (config.stuck) reasons.push(vfReason('PF_STUCK', config.nicName));
  else if (isOpen(config.desired)) reasons.push(vfReason('PF_CHANGING', config.nicName));
  if (config.missingSince)
    reasons.push(vfReason('PF_UNHEALTHY', `${config.nicName} is missing since ${config.missingSince}`));
  return { free: reasons.length === 0, inUse: vf.inUse || claim !== undefined, reasons };
}

/** The claim that holds a VF, if any. */
export function claimOf(ledger: Ledger, vf: LedgerVf): Ledger['claims'][number] | undefined {
  return ledger.claims.find(({ pciAddress }) => pciAddress === vf.pciAddress);
}
