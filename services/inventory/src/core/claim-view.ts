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

/**
 * Names of the PFs of these VFs: what a fact tells its followers to look at. A claim names its PF also when the VF has
 * vanished from the host.
 */
export function nicsOfVfs(
  { vfsConfigs }: Pick<Ledger, 'vfsConfigs'>,
  vfs: readonly { pciAddress: string; vfsConfigId?: string }[],
): string[] {
  const ids = new Set(vfs.map(({ vfsConfigId }) => vfsConfigId));
  const addresses = new Set(vfs.map(({ pciAddress }) => pciAddress));
  return vfsConfigs
    .filter((config) => ids.has(config.id) || config.vfs.some(({ pciAddress }) => addresses.has(pciAddress)))
    .map(({ nicName }) => nicName);
}

/** The path of a VF in the API, as the audit log names it. */
export function vfPath(hostId: string, pciAddress: string): string {
  return `/api/hosts/${hostId}/nics/${deviceNameOf(pciAddress)}`;
}
