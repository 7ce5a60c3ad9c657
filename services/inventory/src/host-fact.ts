import { HostChanged } from '@vfleet/contracts/inventory';
import { ClaimsChanged, HostLost, InventoryNoted } from '@vfleet/contracts/inventory-claims';
import { HostRemoved } from '@vfleet/contracts/inventory-enrolment';
import { PfHealthChanged } from '@vfleet/contracts/inventory-health';
import type { AuditNote } from '@vfleet/contracts/vocabulary/audit';
import { type Fact, fact } from '@vfleet/documents/decide-and-put';
import type { z } from 'zod';
import { healthNote, healthShifts } from './core/health-shift.ts';
import type { Ledger } from './core/ledger.ts';

/** The fact that a host's ledger has changed, naming the nics to look at. */
export function hostChanged(
  hostId: string,
  change: z.infer<typeof HostChanged.payload>['change'],
  nics: readonly string[] = [],
): Fact {
  return fact(HostChanged, { hostId, change, nics: [...nics] });
}

/** The facts that claims of placements have changed by no doing of theirs: none when no claim has. */
export function claimsChanged(hostId: string, claims: readonly { placementId: string }[]): Fact[] {
  const placementIds = [...new Set(claims.map(({ placementId }) => placementId))];
  return placementIds.length === 0 ? [] : [fact(ClaimsChanged, { hostId, placementIds })];
}

/** The fact that a host was confirmed lost. */
export function hostLost(hostId: string, fenceFloor: number): Fact {
  return fact(HostLost, { hostId, fenceFloor });
}

/** What was done by no request, for the audit log. */
export function noted(hostId: string, notes: readonly AuditNote[]): Fact[] {
  return notes.map((note) => fact(InventoryNoted, { ...note, hostId }));
}

/** The facts that PFs have become unhealthy, or have ceased to be, between two ledgers of a host. */
export function healthChanged(before: Ledger, after: Ledger, now: string): Fact[] {
  const shifts = healthShifts(before, after);
  const told = shifts.map(({ config, ...health }) => {
    const { id: vfsConfigId, nicName: nic, pciAddress } = config;
    return fact(PfHealthChanged, { hostId: after.id, vfsConfigId, nic, pciAddress, ...health });
  });
  const notes = shifts.map((shift) => healthNote(after, shift, now));
  return [...told, ...noted(after.id, notes)];
}

/** The fact that a host is no longer managed. */
export function hostRemovedFact(hostId: string): Fact {
  return fact(HostRemoved, { hostId });
}
