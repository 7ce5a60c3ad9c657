import { isOpen } from '@vfleet/contracts/desired-state';
import type { Ledger, LedgerVf, LedgerVfsConfig } from './ledger.ts';
import { type HostVfReasons, type LedgerVfState, type VfFreedom, vfFreedom } from './vf-freedom.ts';

/** Whether a VF in the ledger is free and whether it is in use, now, with every reason. */
export function vfUse(ledger: Ledger, config: LedgerVfsConfig, vf: LedgerVf): VfFreedom {
  const claim = claimOf(ledger, vf);
  return vfFreedom(vf as HostVfReasons, {
    claim: claim ? `virtual machine ${claim.vm.name}, ${claim.vnic.name}, ${claim.state}` : null,
    pf: pfState(config),
  });
}

/** The claim that holds a VF, if any. */
export function claimOf(ledger: Ledger, vf: LedgerVf): Ledger['claims'][number] | undefined {
  return ledger.claims.find(({ pciAddress }) => pciAddress === vf.pciAddress);
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
