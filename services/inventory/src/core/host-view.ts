import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import type { Host } from '@vfleet/contracts/vocabulary/host';
import type { ClusterSettings } from './cluster-settings.ts';
import { hostProblems } from './host-problems.ts';
import { hostStatus } from './host-status.ts';
import type { Ledger } from './ledger.ts';
import { vfUses } from './vf-use.ts';

/** Policy's clusters as far as they are known here. */
export type KnownClusters = { get(id: string): ({ name: string } & ClusterSettings) | undefined };

/**
 * A host as callers see it. `lastSeen` is this process's own knowledge, newer than the ledger's, when it has any. A
 * cluster that nothing is known of goes by its id.
 */
export function hostView(
  id: string,
  ledger: Ledger,
  { lastSeen, clusters }: { lastSeen: string | undefined; clusters: KnownClusters },
): Host {
  const useOf = vfUses(ledger);
  const { status, since } = hostStatus(ledger);
  const uses = ledger.vfsConfigs.flatMap((config) => config.vfs.map((vf) => useOf(config, vf)));
  return {
    id,
    name: ledger.name,
    status,
    status_since: since,
    cluster: { id: ledger.clusterId, name: clusterName(ledger.clusterId, clusters) },
    agent: { version: ledger.connection.agentVersion, last_seen: lastSeen ?? ledger.connection.lastSeen },
    iommu: ledger.report?.iommu ?? null,
    pfs: ledger.vfsConfigs.filter(({ missingSince }) => missingSince === null).length,
    vfs: uses.length,
    vfs_in_use: uses.filter(({ inUse }) => inUse).length,
    free_vfs: uses.filter(({ free }) => free).length,
    unhealthy_pfs: ledger.vfsConfigs.filter(({ unhealthySince }) => unhealthySince !== null).length,
    last_report_error: ledger.reportError,
    orphans: ledger.orphans,
    problems: hostProblems(ledger),
    differences: ledger.differences.map(({ pciAddress, ...difference }) => ({
      ...difference,
      pci_address: pciAddress,
    })),
  };
}

function clusterName(id: string, clusters: KnownClusters): string {
  return clusters.get(id)?.name ?? (id === DEFAULT_CLUSTER.id ? DEFAULT_CLUSTER.name : id);
}
