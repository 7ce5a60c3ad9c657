import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { claimsInWords } from './decide-host.ts';
import { findVfsConfig } from './find-nic.ts';
import type { Ledger, LedgerVfsConfig } from './ledger.ts';

/** Takes a missing PF's VfsConfig and its nic out of the ledger; refused while the PF is there or a VF of it is claimed. */
export function decideRemoveVfsConfig(
  ledger: Ledger,
  ref: { nic: string; vfsConfig: string },
): { ok: true; ledger: Ledger; config: LedgerVfsConfig } | { ok: false; refusals: Refusal[] } {
  const found = findVfsConfig(ledger, ref);
  if (!found.ok) return found;
  const { config, nic } = found;
  const held = ledger.claims.filter(({ vfsConfigId }) => vfsConfigId === config.id);
  const refusals = [
    ...(config.missingSince === null
      ? [refusal('PF_NOT_MISSING', `${nic.name} (${config.pciAddress}) is present on host ${ledger.name}.`)]
      : []),
    ...(held.length > 0
      ? [refusal('HOST_HAS_VFS_IN_USE', `Virtual functions of ${nic.name} are claimed: ${claimsInWords(held)}.`)]
      : []),
  ];
  if (refusals.length > 0) return { ok: false, refusals };
  const vfsConfigs = ledger.vfsConfigs.filter(({ id }) => id !== config.id);
  const nics = ledger.nics.filter(({ id }) => id !== nic.id);
  return { ok: true, ledger: { ...ledger, vfsConfigs, nics }, config };
}
