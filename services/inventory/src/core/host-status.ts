import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { Ledger } from './ledger.ts';

/** A host that does not answer is down, in maintenance or not: nothing can be asked of it. */
export function hostStatus({ connection, maintenanceSince }: Pick<Ledger, 'connection' | 'maintenanceSince'>): {
  status: Host['status'];
  since: string;
} {
  if (connection.status === 'down') return { status: 'down', since: connection.since };
  if (maintenanceSince !== null) return { status: 'maintenance', since: maintenanceSince };
  return { status: 'up', since: connection.since };
}
