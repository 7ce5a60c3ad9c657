import type { Ledger } from './ledger.ts';

/**
 * The ledger with the host kept out of scheduling, or given back to it; undefined when it is so already. What runs there
 * goes on: claims are not touched. A change of the host itself, so its ETag rises.
 */
export function decideMaintenance(ledger: Ledger, maintenance: boolean, now: string): Ledger | undefined {
  if (maintenance === (ledger.maintenanceSince !== null)) return undefined;
  return { ...ledger, maintenanceSince: maintenance ? now : null, revision: ledger.revision + 1 };
}
