import { mtuToSet } from '@vfleet/contracts/vocabulary/pf-mtu';
import { deadlineMs } from './deadline.ts';
import type { FailureSeen } from './failure-causes.ts';
import type { Persisted } from './journal.ts';
import { type PlannedPf, planRestore, type Step } from './plan-num-vfs.ts';
import { describeCard, isSameCard } from './same-card.ts';

/** A PF at boot: not there yet, or as it is found. */
export type BootedPf = PlannedPf | undefined;

/**
 * Whether a PF is worth waiting for any longer at boot: it is there and its driver is bound, or it holds its number
 * already, for which no driver is needed. Where an MTU is kept, its netdev has to be there too: some drivers (mlx5) make
 * it after they are bound.
 */
export function isReadyToRestore(pf: BootedPf, persisted: Persisted): boolean {
  if (pf === undefined) return false;
  if (persisted.mtu !== null) return pf.driver !== null && pf.mtu !== null;
  return pf.driver !== null || pf.existing === persisted.count;
}

/**
 * What restores the persisted number of a PF, or why it cannot be restored. A card that is not the one the number was
 * kept for is left alone. `waitedMs` is how long it was waited for.
 */
export function decideRestore(
  pf: BootedPf,
  persisted: Persisted,
  { waitedMs, overrideMs }: { waitedMs: number; overrideMs: number | null },
): { ok: true; steps: Step[] } | { ok: false; failure: FailureSeen } {
  if (pf === undefined) return refuse({ kind: 'pf-missing' });
  const { count, identity, mtu: wanted } = persisted;
  if (identity && !isSameCard(identity, pf.identity)) {
    return refuse({ kind: 'other-card', kept: describeCard(identity), found: describeCard(pf.identity) });
  }
  if (!isReadyToRestore(pf, persisted)) {
    return pf.driver !== null && wanted !== null
      ? refuse({ kind: 'mtu-without-netdev', mtu: wanted })
      : refuse({ kind: 'driver-missing', afterMs: waitedMs });
  }
  if (count > pf.totalVfs) return refuse({ kind: 'over-total', asked: count });
  const mtu = mtuToSet({ wanted, existing: pf.mtu, inForce: wanted });
  return { ok: true, steps: planRestore(pf, { count, mtu }, { overrideMs }) };
}

/** How long another writer of the PF is waited for before it counts as stuck. */
export function writerLimitMs(pf: PlannedPf, persisted: Persisted, overrideMs: number | null): number {
  return deadlineMs({ driver: pf.driver, vfs: Math.max(pf.existing, persisted.count), overrideMs });
}

function refuse(failure: FailureSeen): { ok: false; failure: FailureSeen } {
  return { ok: false, failure };
}
