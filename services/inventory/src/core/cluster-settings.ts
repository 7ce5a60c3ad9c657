import { withHealth } from './health-shift.ts';
import type { Ledger } from './ledger.ts';

/** What inventory goes by of a cluster. */
export type ClusterSettings = { requireCarrier: boolean };

/**
 * The ledger with what its cluster says of the health of PFs; the same ledger when it says so already, or when nothing is
 * known of the cluster: what was known last holds then.
 */
export function withClusterSettings(
  ledger: Ledger,
  clusters: { get(id: string): ClusterSettings | undefined },
  now: string,
): Ledger {
  const cluster = clusters.get(ledger.clusterId);
  return cluster === undefined || cluster.requireCarrier === ledger.requireCarrier
    ? ledger
    : withHealth({ ...ledger, requireCarrier: cluster.requireCarrier }, now);
}
