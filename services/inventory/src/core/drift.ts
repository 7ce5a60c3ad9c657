import { isOpen } from '@vfleet/contracts/desired-state';
import type { VfsConfig } from '@vfleet/contracts/vocabulary/vfs-config';
import type { LedgerVfsConfig } from './ledger.ts';

/** Another number of VFs than the one in force: what a repair makes exist again, and what an adoption takes over. */
export type Drift = NonNullable<VfsConfig['drift']>;

/**
 * A VfsConfig with since when something else than VFleet has changed the number of its VFs. A number that is on its way
 * is no drift: a change is open, its agent works on one, the PF is stuck. Nor is one that cannot be what it should: the PF
 * is missing, or has no driver, which is told as its health (at a boot the driver may come late, and the restore waits
 * for it).
 */
export function withDrift(config: LedgerVfsConfig, now: string): LedgerVfsConfig {
  const { vfs, driver, missingSince, driftSince } = config;
  const inForce = numberInForce(config);
  const isOther = inForce !== null && vfs.length !== inForce;
  const isSettled = !isChanging(config) && config.stuck === null && missingSince === null && driver !== null;
  return { ...config, driftSince: isOther && isSettled ? (driftSince ?? now) : null };
}

export function driftOf(config: LedgerVfsConfig): Drift | null {
  const { driftSince, vfs } = config;
  const wanted = numberInForce(config);
  return driftSince === null || wanted === null || wanted === vfs.length || isChanging(config)
    ? null
    : { wanted, existing: vfs.length, since: driftSince };
}

/** Whether VFs of a PF are being made or removed, by what the ledger wants or by what its agent says. */
export function isChanging({ desired, changingOnHost }: LedgerVfsConfig): boolean {
  return isOpen(desired) || changingOnHost;
}

/** The last number that was applied or, in a ledger that knows none, the one its host restores at boot. */
export function numberInForce({ appliedNumOfVfs, persisted }: LedgerVfsConfig): number | null {
  return appliedNumOfVfs ?? persisted;
}
