import type { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import type { z } from 'zod';

type Request = z.infer<typeof ClaimVfs.request>;

export const VM = { id: 'v1', name: 'vm-1' };

/** The address of a VF of the sample by its index. */
export function vfAt(index: number): string {
  return `0000:41:10.${index * 2}`;
}

/** One wanted claim of the sample host: of its VF `index`, for a vNIC on network red. */
export function wantedClaim(
  claimId: string,
  index: number,
  change: Partial<Request['claims'][number]> = {},
): Request['claims'][number] {
  const vnic = { id: `n-${claimId}`, name: `nic-${claimId}` };
  return { claimId, pciAddress: vfAt(index), vnic, network: { id: 'red', version: 1 }, ...change };
}

/** A request of claims for placement p1 of vm-1 on the sample host. */
export function claimRequest(claims: Request['claims'], change: Partial<Request> = {}): Request {
  return { hostId: 'h1', placementId: 'p1', clusterId: 'default', vm: VM, claims, ...change };
}
