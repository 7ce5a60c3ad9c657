import type { Bus } from '@vfleet/bus/bus';
import { ClusterChanged } from '@vfleet/contracts/policy/clusters';
import { NetworkChanged } from '@vfleet/contracts/policy/networks';
import { QosChanged } from '@vfleet/contracts/policy/qos';
import { VmChanged } from '@vfleet/contracts/policy/vms';
import { VnicProfileChanged } from '@vfleet/contracts/policy/vnic-profiles';
import type { DocumentStore } from '@vfleet/documents/documents';
import { startSweep } from '@vfleet/documents/sweep';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Service } from '@vfleet/process/service';
import { clusterAnswers } from './cluster-answers.ts';
import type { PolicySettings } from './config.ts';
import { makeDefaultCluster } from './default-cluster.ts';
import { networkAnswers } from './network-answers.ts';
import { openCollections } from './owned-collections.ts';
import { qosAnswers } from './qos-answers.ts';
import { vmAnswers } from './vm-answers.ts';
import { vnicProfileAnswers } from './vnic-profile-answers.ts';

/** A hundred years: ids are never given out again, for hosts' ledgers list the ids of networks that may be gone. */
const TOMBSTONES_KEPT_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Starts policy: the owner of clusters, networks, QoS, vNIC profiles and VMs. Any number of replicas may run. `random`
 * is a number from 0 up to but not including 1.
 */
export async function startPolicy({
  bus,
  store,
  clock,
  log,
  newId,
  random,
  settings,
}: {
  bus: Bus;
  store: DocumentStore;
  clock: Clock;
  log: Log;
  newId: () => string;
  random: () => number;
  settings: PolicySettings;
}): Promise<Service> {
  const owned = await openCollections({ bus, store, clock, log, newId });
  const needs = { ...owned, ask: bus.ask, clock, newId, random, macPool: settings.macPool };

  await makeDefaultCluster(needs);
  const served = await bus.serve('policy', [
    ...clusterAnswers(needs),
    ...networkAnswers(needs),
    ...qosAnswers(needs),
    ...vnicProfileAnswers(needs),
    ...vmAnswers(needs),
  ]);
  const sweep = startSweep(Object.values(owned), {
    contracts: [ClusterChanged, NetworkChanged, QosChanged, VnicProfileChanged, VmChanged],
    tombstonesKeptMs: TOMBSTONES_KEPT_MS,
  });

  return {
    problems: async () => (bus.connected() ? [] : ['policy is not connected to the message broker']),
    close: async () => {
      await served.close();
      await sweep.close();
      await Promise.all(Object.values(owned).map(({ publications }) => publications.close(settings.closeWithinMs)));
    },
  };
}
