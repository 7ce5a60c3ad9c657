import { answers, type Bus, reactsTo } from '@vfleet/bus/bus';
import { ChangeProgressed, Heartbeat, HostDevicesReported } from '@vfleet/contracts/host-agent';
import { DomainsReported } from '@vfleet/contracts/host-agent-vms';
import {
  AddHost,
  GetHost,
  GetNic,
  GetVfsConfig,
  HostChanged,
  ListDevices,
  ListHosts,
  ListNics,
  RefreshHost,
  RemoveHost,
  RemoveVfsConfig,
  UpdateHost,
  UpdateVfsConfig,
} from '@vfleet/contracts/inventory';
import { ClaimsChanged, HostLost, InventoryNoted } from '@vfleet/contracts/inventory-claims';
import { EnrolHost, HostRemoved } from '@vfleet/contracts/inventory-enrolment';
import { ReadHostFacts } from '@vfleet/contracts/inventory-facts';
import {
  AcknowledgePcieErrors,
  AdoptVfsConfig,
  PfHealthChanged,
  RepairVfsConfig,
} from '@vfleet/contracts/inventory-health';
import { PlanVfsConfig, SetMaintenance } from '@vfleet/contracts/inventory-plan';
import { deciding } from '@vfleet/documents/deciding';
import type { DocumentStore } from '@vfleet/documents/documents';
import { startSweep } from '@vfleet/documents/sweep';
import type { Clock } from '@vfleet/process/clock';
import { every } from '@vfleet/process/every';
import type { Log } from '@vfleet/process/log';
import type { Service } from '@vfleet/process/service';
import type { BrokerUsers } from './broker-users.ts';
import { claimAnswers } from './claim-answers.ts';
import { startClaimLoops } from './claim-loops.ts';
import { HOST_REPORTS, HOSTS } from './collections.ts';
import type { InventorySettings } from './config.ts';
import { makeContacts } from './contacts.ts';
import { ENROLMENTS, makeEnrolments } from './enrolments.ts';
import { followClusters } from './follow-clusters.ts';
import { followNetworks } from './follow-networks.ts';
import { acknowledgePcieErrors } from './handlers/acknowledge-pcie-errors.ts';
import { addHost } from './handlers/add-host.ts';
import { adoptVfsConfig } from './handlers/adopt-vfs-config.ts';
import { changeProgressed } from './handlers/change-progressed.ts';
import { domainsReported } from './handlers/domains-reported.ts';
import { enrolHost } from './handlers/enrol-host.ts';
import { getHost } from './handlers/get-host.ts';
import { getNic } from './handlers/get-nic.ts';
import { getVfsConfig } from './handlers/get-vfs-config.ts';
import { heartbeat } from './handlers/heartbeat.ts';
import { hostDevicesReported } from './handlers/host-devices-reported.ts';
import { hostRemoved } from './handlers/host-removed.ts';
import { listDevices } from './handlers/list-devices.ts';
import { listHosts } from './handlers/list-hosts.ts';
import { listNics } from './handlers/list-nics.ts';
import { planVfsConfig } from './handlers/plan-vfs-config.ts';
import { readHostFacts } from './handlers/read-host-facts.ts';
import { refreshHost } from './handlers/refresh-host.ts';
import { removeHost } from './handlers/remove-host.ts';
import { removeVfsConfig } from './handlers/remove-vfs-config.ts';
import { repairVfsConfig } from './handlers/repair-vfs-config.ts';
import { setMaintenance } from './handlers/set-maintenance.ts';
import { updateHost } from './handlers/update-host.ts';
import { updateVfsConfig } from './handlers/update-vfs-config.ts';
import { listAnswers } from './list-answers.ts';
import { makeSilenceCheck, takeHostsAsHeard, tellUnsettled } from './loops.ts';
import { makeReportRequests } from './report-requests.ts';
import { takeClusterSettings } from './take-cluster-settings.ts';
import { makeTellHosts } from './tell-hosts.ts';
import { tellUncleaned } from './tell-uncleaned.ts';

/** A hundred years: the id of a removed host is never given out again, or an old settlement would find a new ledger. */
const TOMBSTONES_KEPT_MS = 100 * 365 * 24 * 3_600_000;

/**
 * Starts inventory: the owner of hosts, the judge of what may be done to them. Any number of replicas may run. It takes
 * what hosts say also while policy is away; `problems` tells that it cannot tell networks then.
 */
export async function startInventory({
  bus,
  store,
  clock,
  log,
  newId,
  brokerUsers,
  settings,
}: {
  bus: Bus;
  store: DocumentStore;
  clock: Clock;
  log: Log;
  newId: () => string;
  /** Null where the broker has no users to give to agents. */
  brokerUsers: BrokerUsers | null;
  settings: InventorySettings;
}): Promise<Service> {
  const hosts = deciding(await store.open(HOSTS), { publish: bus.publish, clock, newId, log });
  const listings = await store.open(HOST_REPORTS);
  const enrolled = deciding(await store.open(ENROLMENTS), { publish: bus.publish, clock, newId, log });
  const enrolments = makeEnrolments({
    enrolments: enrolled,
    hosts: hosts.documents,
    users: brokerUsers,
    clock,
    log,
  });
  const contacts = makeContacts();
  const tellHosts = makeTellHosts({ bus, clock, newId });
  const reportRequests = makeReportRequests({ tellHosts, clock, log }, settings.reports);
  const networks = await followNetworks({ bus, clock, log, newId });
  const clusters = await followClusters({ bus, clock, log, newId });
  const policy = { networks, clusters };
  const reads = { hosts: hosts.documents, listings, contacts, tellHosts, log, ...policy };
  const decides = { enrolments, hosts, listings, contacts, tellHosts, reportRequests, clock, log, newId, ...policy };

  await takeHostsAsHeard(decides, { everyMs: settings.heartbeatMs });
  const served = await bus.serve('inventory', [
    answers(AddHost, addHost(decides)),
    answers(UpdateHost, updateHost(decides)),
    answers(RemoveHost, removeHost(decides)),
    answers(EnrolHost, enrolHost({ hosts: hosts.documents, enrolments })),
    answers(RefreshHost, refreshHost(reads)),
    answers(UpdateVfsConfig, updateVfsConfig(decides)),
    answers(RemoveVfsConfig, removeVfsConfig(decides)),
    answers(GetHost, getHost(reads)),
    answers(ListHosts, listHosts(reads)),
    answers(GetNic, getNic(reads)),
    answers(ListNics, listNics(reads)),
    answers(ListDevices, listDevices(reads)),
    answers(GetVfsConfig, getVfsConfig(reads)),
    answers(ReadHostFacts, readHostFacts(reads)),
    answers(PlanVfsConfig, planVfsConfig(reads)),
    answers(RepairVfsConfig, repairVfsConfig(decides)),
    answers(AdoptVfsConfig, adoptVfsConfig(decides)),
    answers(AcknowledgePcieErrors, acknowledgePcieErrors(decides)),
    answers(SetMaintenance, setMaintenance(decides)),
    ...listAnswers(decides),
    ...claimAnswers({ ...decides, claimDeadlineMs: settings.claimDeadlineMs }),
    reactsTo(HostDevicesReported, hostDevicesReported(decides)),
    reactsTo(DomainsReported, domainsReported(decides)),
    reactsTo(HostRemoved, hostRemoved(decides)),
    reactsTo(ChangeProgressed, changeProgressed(decides)),
  ]);
  const heartbeats = await bus.follow([reactsTo(Heartbeat, heartbeat(decides))], () => contacts.excuseAll(clock.now()));

  const stopped = new AbortController();
  const { signal } = stopped;
  const sweep = startSweep([hosts], {
    contracts: [HostChanged, HostRemoved, ClaimsChanged, HostLost, InventoryNoted, PfHealthChanged],
    tombstonesKeptMs: TOMBSTONES_KEPT_MS,
  });
  const checkSilence = makeSilenceCheck({ ...decides, isConnected: bus.connected }, settings.silenceCheckMs);
  void every(decides, { everyMs: settings.silenceCheckMs, what: 'Looking for silent hosts', signal }, checkSilence);
  void every(decides, { everyMs: settings.clusterSettingsMs, what: 'Taking over what clusters say', signal }, () =>
    takeClusterSettings(decides),
  );
  void every(
    decides,
    { everyMs: settings.tellUnsettledMs, what: 'Telling hosts what they have not settled', signal },
    () => tellUnsettled(decides),
  );
  void every(
    decides,
    { everyMs: settings.tellUncleanedMs, what: 'Telling hosts to clean what nobody claims', signal },
    () => tellUncleaned(reads),
  );
  void every(
    decides,
    { everyMs: settings.endUsersMs, what: 'Removing users of removed hosts from the broker', signal },
    enrolments.endLeft,
  );
  void every(
    decides,
    { everyMs: settings.grantRightsMs, what: 'Granting the rights of this release to agents', signal },
    () => enrolments.grantAnew(signal),
  );
  startClaimLoops({ ...decides, bus }, settings, signal);

  return {
    problems: async () => [
      ...(bus.connected() ? [] : ['inventory is not connected to the message broker']),
      ...networks.problems(),
      ...clusters.problems(),
    ],
    close: async () => {
      stopped.abort(new Error('inventory is closing'));
      await heartbeats.close();
      await served.close();
      await networks.close();
      await clusters.close();
      await sweep.close();
      await hosts.publications.close(settings.closeWithinMs);
    },
  };
}
