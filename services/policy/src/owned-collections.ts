import type { Bus } from '@vfleet/bus/bus';
import type { Deciding } from '@vfleet/documents/decide-and-put';
import { deciding } from '@vfleet/documents/deciding';
import type { DocumentStore } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import { CLUSTERS, NETWORKS, QOS, VMS, VNIC_PROFILES } from './collections.ts';
import type { StoredCluster } from './core/cluster.ts';
import type { StoredNetwork } from './core/network.ts';
import type { StoredQos } from './core/qos.ts';
import type { StoredVm } from './core/vm.ts';
import type { StoredVnicProfile } from './core/vnic-profile.ts';

/** Everything policy owns. */
export type OwnedCollections = {
  clusters: Deciding<StoredCluster>;
  networks: Deciding<StoredNetwork>;
  qos: Deciding<StoredQos>;
  vnicProfiles: Deciding<StoredVnicProfile>;
  vms: Deciding<StoredVm>;
};

/** Opens the collections and makes them decide, rules that cross them by the store's `commit`. */
export async function openCollections({
  bus,
  store,
  clock,
  log,
  newId,
}: {
  bus: Pick<Bus, 'publish'>;
  store: Pick<DocumentStore, 'open' | 'commit'>;
  clock: Clock;
  log: Log;
  newId: () => string;
}): Promise<OwnedCollections> {
  const surroundings = { publish: bus.publish, commit: store.commit, clock, newId, log };
  return {
    clusters: deciding(await store.open(CLUSTERS), surroundings),
    networks: deciding(await store.open(NETWORKS), surroundings),
    qos: deciding(await store.open(QOS), surroundings),
    vnicProfiles: deciding(await store.open(VNIC_PROFILES), surroundings),
    vms: deciding(await store.open(VMS), surroundings),
  };
}
