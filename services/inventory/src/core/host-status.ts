import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { Ledger } from './ledger.ts';

/**
 * A host that does not answer is down, in maintenance or not: nothing can be asked of it. One that nothing drives domains
 * on is not operational: its PFs can be changed, and no VM is started there.
 */
export function hostStatus({
  connection,
  maintenanceSince,
  noHypervisorSince,
}: Pick<Ledger, 'connection' | 'maintenanceSince' | 'noHypervisorSince'>): {
  status: Host['status'];
  since: string;
} {
  if (connection.status === 'down') return { status: 'down', since: connection.since };
  if (maintenanceSince !== null) return { status: 'maintenance', since: maintenanceSince };
  if (noHypervisorSince !== null) return { status: 'non_operational', since: noHypervisorSince };
  return { status: 'up', since: connection.since };
}
