import { lastSettlement } from '@vfleet/contracts/desired-state';
import { LEAST_MTU, mostMtu, mtuToSet } from '@vfleet/contracts/vocabulary/pf-mtu';
import type { LedgerNic, LedgerVfsConfig } from './ledger.ts';

/** A PF with the nic that carries its VfsConfig. */
export type FoundPf = { nic: LedgerNic; config: LedgerVfsConfig };

/** All a host would have to hold of a PF. `mtuToSet` is null when the MTU that it has serves. */
export type Target = { numOfVfs: number; mtu: number | null; mtuToSet: number | null };

/**
 * What an update asks of the host: what is absent stays as it is wanted, or, while nothing is wanted, as it is. So an
 * MTU alone makes an unmanaged PF managed, with the number of VFs it has. Null when nothing is asked of the host; an MTU
 * that is to be left alone, and is, asks nothing. While nothing is wanted the MTU that the host restores at boot is.
 */
export function targetOf(
  { nic, config }: FoundPf,
  asked: { numOfVfs?: number | undefined; mtu?: number | null | undefined },
): Target | null {
  const { want } = config.desired;
  const wantedMtu = want === null ? config.appliedMtu : want.mtu;
  const isLeftAlone = asked.mtu === undefined || (asked.mtu === null && wantedMtu === null);
  if (asked.numOfVfs === undefined && isLeftAlone) return null;
  const mtu = asked.mtu === undefined ? wantedMtu : asked.mtu;
  return {
    numOfVfs: asked.numOfVfs ?? want?.numOfVfs ?? config.vfs.length,
    mtu,
    mtuToSet: mtuToSet({ wanted: mtu, existing: nic.mtu, inForce: config.appliedMtu }),
  };
}

/** Nothing is left to do only when all of it is wanted, exists, and its last settlement was applied. */
export function isInForce({ desired, vfs }: LedgerVfsConfig, { numOfVfs, mtu, mtuToSet: toSet }: Target): boolean {
  const { want } = desired;
  const isWanted = want !== null && want.numOfVfs === numOfVfs && want.mtu === mtu;
  return isWanted && vfs.length === numOfVfs && toSet === null && lastSettlement(desired)?.result === 'applied';
}

/** Whether a PF takes an MTU, as far as its driver says. */
export function takesMtu({ maxMtu }: LedgerNic, mtu: number): boolean {
  return mtu >= LEAST_MTU && mtu <= mostMtu(maxMtu);
}
