import type { ClaimVfs } from '@vfleet/contracts/inventory-claims';
import type { z } from 'zod';
import type { Ledger, LedgerClaim, LedgerVfsConfig } from '../core/ledger.ts';
import { sampleLedger, sampleVf, vfAt } from './sample-ledger.ts';

type Request = z.infer<typeof ClaimVfs.request>;

export const VM = { id: 'v1', name: 'vm-1' };

/** When claims of the sample were made, and a moment later. */
export const MADE = '2026-01-01T00:00:00.000Z';
export const NOW = '2026-01-01T00:01:00.000Z';
export const TIMES = { now: NOW, forgetBefore: '2025-12-31T00:01:00.000Z' };

/** The sample host, up, with so many VFs. */
export function hostWithVfs(count: number, config: Partial<LedgerVfsConfig> = {}): Ledger {
  const vfs = Array.from({ length: count }, (_, index) => sampleVf(index));
  const ledger = sampleLedger({ vfs, ...config });
  return { ...ledger, connection: { ...ledger.connection, status: 'up' } };
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

/** A claim of placement p1 as the ledger of the sample host has it. */
export function sampleClaim(id: string, index: number, change: Partial<LedgerClaim> = {}): LedgerClaim {
  const { vnic, network, pciAddress } = wantedClaim(id, index);
  return {
    ...{ id, fence: index + 1, vfsConfigId: 'h1-1', pciAddress, placementId: 'p1', vm: VM, vnic, network },
    ...{ state: 'attached', since: MADE, deadline: null, dirty: null },
    ...change,
  };
}

/** The sample host with these claims, their fences given out. */
export function hostWithClaims(...claims: LedgerClaim[]): Ledger {
  return { ...hostWithVfs(7), claims, fenceCounter: Math.max(0, ...claims.map(({ fence }) => fence)) };
}
