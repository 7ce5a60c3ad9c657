import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import { uncleanedFences } from './differences.ts';
import type { Ledger } from './ledger.ts';

/** The VFs that nobody claimed, left behind by their host, and that were cleaned between two ledgers: for the audit log. */
export function leftoversCleaned(before: Ledger, after: Ledger, now: string): AuditNote[] {
  const left = new Set(uncleanedFences(after).map(({ pciAddress }) => pciAddress));
  return uncleanedFences(before)
    .filter(({ pciAddress }) => !left.has(pciAddress))
    .map(({ pciAddress, fence }) => ({
      action: 'cleanVf',
      target: `/api/hosts/${before.id}/nics/${deviceNameOf(pciAddress)}`,
      outcome: 'done',
      codes: ['NOT_CLEANED'],
      detail: `${pciAddress} of host ${before.name} was prepared with fence ${fence}, and no claim answered for it. It was left behind, and is clean now.`,
      at: now,
    }));
}
