import type { Claim } from '@vfleet/contracts/vocabulary/claim';
import { deviceNameOf } from '@vfleet/contracts/vocabulary/pci';
import type { Ledger, LedgerClaim } from './ledger.ts';

/** A claim as other services are told of it. A VF that vanished from its host goes by its device name. */
export function claimView({ vfsConfigs }: Pick<Ledger, 'vfsConfigs'>, claim: LedgerClaim): Claim {
  const { id, pciAddress, fence, placementId, vm, vnic, state, since, vfsConfigId } = claim;
  const config = vfsConfigs.find((known) => known.id === vfsConfigId);
  const vf = config?.vfs.find((known) => known.pciAddress === pciAddress);
  return {
    ...{ claimId: id, pciAddress, fence, placementId, vm, vnic },
    vf: {
      name: vf?.nic?.name ?? deviceNameOf(pciAddress),
      pf: { id: vfsConfigId, name: config?.nicName ?? vfsConfigId },
    },
    ...{ state, since },
  };
}

/** Names of the PFs whose VFs these claims hold: what a fact tells its followers to look at. */
export function nicsOfClaims({ vfsConfigs }: Pick<Ledger, 'vfsConfigs'>, claims: readonly LedgerClaim[]): string[] {
  const ids = new Set(claims.map(({ vfsConfigId }) => vfsConfigId));
  return vfsConfigs.filter(({ id }) => ids.has(id)).map(({ nicName }) => nicName);
}
