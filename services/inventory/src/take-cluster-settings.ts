import { type Deciding, reactAndPut } from '@vfleet/documents/decide-and-put';
import { type Clock, isoNow } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { withClusterSettings } from './core/cluster-settings.ts';
import type { Ledger } from './core/ledger.ts';
import { eachHost } from './each-host.ts';
import type { FollowedClusters } from './follow-clusters.ts';
import { healthChanged, hostChanged } from './host-fact.ts';

type Deps = { hosts: Deciding<Ledger>; clusters: FollowedClusters; clock: Clock; log: Log; newId: () => string };

/**
 * Has the hosts of every cluster that was heard to have changed go by what it says now. One that cannot be put keeps no
 * other from it; its cluster is looked at again.
 */
export async function takeClusterSettings(deps: Deps): Promise<void> {
  const { hosts, clusters, clock, log } = deps;
  for (const clusterId of clusters.takeChanged()) {
    try {
      await eachHost(hosts.documents, { key: 'cluster', value: clusterId }, async (id, ledger) => {
        if (withClusterSettings(ledger, clusters.known, isoNow(clock)) !== ledger) await takeSettings(deps, id);
      });
    } catch (problem) {
      clusters.lookAgain(clusterId);
      log.warn({ clusterId, problem }, 'The hosts of a cluster could not be told what it says now; it is tried again');
    }
  }
}

async function takeSettings({ hosts, clusters, clock, newId }: Deps, hostId: string): Promise<void> {
  const id = newId();
  const actor = { kind: 'service' as const, name: 'inventory' };
  const message = { id, name: 'inventory.cluster-settings', correlationId: id, actor, sentAt: isoNow(clock) };
  await reactAndPut(hosts, hostId, { ...message, payload: {}, redelivered: false }, (host, _, { now }) => {
    const ledger = host && withClusterSettings(host.body, clusters.known, now);
    if (!ledger || ledger === host.body) return { ok: true, body: 'unchanged', reply: null };
    const facts = [hostChanged(hostId, 'updated'), ...healthChanged(host.body, ledger, now)];
    return { ok: true, body: ledger, reply: null, facts };
  });
}
