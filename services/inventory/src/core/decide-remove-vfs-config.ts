import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { findVfsConfig } from './find-nic.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';

/** Takes a missing PF's VfsConfig and its nic out of the ledger; refused while the PF is there. */
export function decideRemoveVfsConfig(
  ledger: Ledger,
  ref: { nic: string; vfsConfig: string },
): { ok: true; ledger: Ledger; config: LedgerVfsConfig } | { ok: false; refusals: Refusal[] } {
  const found = findVfsConfig(ledger, ref);
  if (!found.ok) return found;
  const { config, nic } = found;
  if (config.missingSince === null) {
    return {
      ok: false,
      refusals: [refusal('PF_NOT_MISSING', `${nic.name} (${config.pciAddress}) is present on host ${ledger.name}.`)],
    };
  }
  const vfsConfigs = ledger.vfsConfigs.filter(({ id }) => id !== config.id);
  const nics = ledger.nics.filter(({ id }) => id !== nic.id);
  return { ok: true, ledger: { ...ledger, vfsConfigs, nics }, config };
}
