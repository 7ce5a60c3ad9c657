import type { WantedClaim } from '@vfleet/contracts/inventory-claims';
import type { z } from 'zod';
import type { OnHost, RunVm } from './placement.ts';

/** What inventory is asked for: the claims a placement names on a host, each with its network as it was resolved. */
export function wantedClaims({ vnics }: Pick<OnHost, 'vnics'>, vm: RunVm): z.infer<typeof WantedClaim>[] {
  return vnics.flatMap(({ vnic, vf }) => {
    if (!vf) return [];
    const network = vm.vnics.find(({ id }) => id === vnic.id)?.network;
    if (!network) throw new Error(`vNIC ${vnic.name} of ${vm.name} has a VF and no network`);
    const { claimId, pciAddress } = vf;
    return [{ claimId, pciAddress, vnic, network: { id: network.id, version: network.version } }];
  });
}
