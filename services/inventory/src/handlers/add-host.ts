import type { Answer } from '@vfleet/bus/bus';
import type { AddHost } from '@vfleet/contracts/inventory';
import { refusal } from '@vfleet/contracts/refusals';
import { DEFAULT_CLUSTER } from '@vfleet/contracts/vocabulary/cluster';
import { type Deciding, decideAndPut } from '@vfleet/documents/decide-and-put';
import { noSuchCluster } from '../core/decide-host.ts';
import { hostView } from '../core/host-view.ts';
import { type Ledger, newLedger } from '../core/ledger.ts';
import { idIsAName, nameInUse } from '../core/refuse-name.ts';
import type { FollowedClusters } from '../follow-clusters.ts';
import { hostChanged } from '../host-fact.ts';

/** Nobody is asked about the default cluster, so that a host can be added while policy is away. */
export const addHost =
  ({ hosts, clusters }: { hosts: Deciding<Ledger>; clusters: FollowedClusters }): Answer<typeof AddHost> =>
  (message) => {
    const { hostId, name, cluster } = message.payload;
    return decideAndPut(
      hosts,
      hostId,
      message,
      (stored, _, { now }, clusterId) => {
        const refusals = [
          ...(stored ? [refusal('ID_ALREADY_USED', `${stored.body.name} has the id ${hostId}.`)] : []),
          ...(clusterId === undefined ? [refusal('CLUSTER_NOT_EXIST', noSuchCluster(cluster ?? ''))] : []),
        ];
        if (clusterId === undefined || refusals.length > 0) return { ok: false, refusals };
        const ledger = newLedger({ id: hostId, name, clusterId, now });
        return {
          ok: true,
          body: ledger,
          reply: hostView(hostId, ledger, { lastSeen: undefined, clusters: clusters.known }),
          facts: [hostChanged(hostId, 'added')],
        };
      },
      {
        read: async () => (cluster === undefined ? DEFAULT_CLUSTER.id : clusters.resolve(cluster, message)),
        onDuplicate: ({ value, holder }) => [value === name ? nameInUse(name, holder) : idIsAName(hostId, holder)],
      },
    );
  };
