import { isChanging } from './drift.ts';
import type { Ledger, LedgerDifference } from './ledger.ts';

/**
 * PFs whose MTU is lower than the one in force, while nothing is on its way there: something else on the host lowered
 * it, and networks that need the MTU find no VF there. It is told and not set again by itself, as a host whose network
 * manager wants another MTU would never come to rest (F34). A higher one serves as well.
 */
export function mtuDifferences({ nics, vfsConfigs }: Ledger): Omit<LedgerDifference, 'since'>[] {
  const mtus = new Map(nics.map(({ vfsConfigId, mtu }) => [vfsConfigId, mtu]));
  return vfsConfigs.flatMap((config) => {
    const { id, pciAddress, nicName, appliedMtu, missingSince, stuck } = config;
    const mtu = mtus.get(id) ?? null;
    const isAtRest = !isChanging(config) && missingSince === null && stuck === null;
    if (appliedMtu === null || mtu === null || mtu >= appliedMtu || !isAtRest) return [];
    return [
      {
        code: 'PF_MTU_TOO_LOW',
        pciAddress,
        text: `${nicName} has an MTU of ${mtu}, and ${appliedMtu} was set: something else on the host lowered it.`,
        remedy: `Give ${nicName} the same MTU in what else configures it (NetworkManager, systemd-networkd, netplan); then set the MTU again.`,
      },
    ];
  });
}
