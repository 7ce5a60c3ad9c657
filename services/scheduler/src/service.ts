import { answers, type Bus, reactsTo } from '@vfleet/bus/bus';
import { DomainsReported, VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import { ClaimsChanged, HostLost } from '@vfleet/contracts/inventory-claims';
import {
  GetOperation,
  JudgeClaims,
  MigrateVm,
  PlacementChanged,
  PlugVnic,
  ReadRuntimes,
  RunVm,
  SchedulerNoted,
  ScheduleVm,
  StopVm,
  UnplugVnic,
  UpgradeVnic,
} from '@vfleet/contracts/scheduler/runs';
import { deciding } from '@vfleet/documents/deciding';
import type { DocumentStore } from '@vfleet/documents/documents';
import { startSweep } from '@vfleet/documents/sweep';
import type { Clock } from '@vfleet/process/clock';
import { every } from '@vfleet/process/every';
import type { Log } from '@vfleet/process/log';
import type { Service } from '@vfleet/process/service';
import { makeAsks } from './asks.ts';
import { makeAudit } from './audit.ts';
import { makeBegin } from './begin.ts';
import { PLACEMENTS } from './collections.ts';
import type { SchedulerSettings } from './config.ts';
import { makeDrive } from './drive.ts';
import { explainInTurn } from './explain-in-turn.ts';
import { fleetOf } from './fleet-of.ts';
import { followHosts } from './follow-hosts.ts';
import { freeLocks } from './free-locks.ts';
import { claimsChanged } from './handlers/claims-changed.ts';
import { domainsReported } from './handlers/domains-reported.ts';
import { getOperation } from './handlers/get-operation.ts';
import { hostLost } from './handlers/host-lost.ts';
import { judgeClaims } from './handlers/judge-claims.ts';
import { migrateVm } from './handlers/migrate-vm.ts';
import { plugVnic } from './handlers/plug-vnic.ts';
import { readRuntimes } from './handlers/read-runtimes.ts';
import { runVm } from './handlers/run-vm.ts';
import { scheduleVm } from './handlers/schedule-vm.ts';
import { stopVm } from './handlers/stop-vm.ts';
import { unplugVnic } from './handlers/unplug-vnic.ts';
import { upgradeVnic } from './handlers/upgrade-vnic.ts';
import { vmStepEnded } from './handlers/vm-step-ended.ts';
import { keptPicks } from './kept-picks.ts';
import { makeRecheck } from './recheck.ts';
import { choosingSteps } from './steps/choosing-steps.ts';
import { hostSteps } from './steps/host-steps.ts';
import { inventorySteps } from './steps/inventory-steps.ts';
import { policySteps } from './steps/policy-steps.ts';
import { sweepDue } from './sweep.ts';

/**
 * Starts the scheduler: the owner of placements. Any number of replicas may run; any of them takes up what another left.
 * `pause` lets everything else of the process have its turn.
 */
export async function startScheduler({
  bus,
  store,
  clock,
  log,
  newId,
  pause,
  settings,
}: {
  bus: Bus;
  store: DocumentStore;
  clock: Clock;
  log: Log;
  newId: () => string;
  pause: () => Promise<void>;
  settings: SchedulerSettings;
}): Promise<Service> {
  const process = newId();
  const placements = deciding(await store.open(PLACEMENTS), { publish: bus.publish, clock, newId, log });
  const asks = makeAsks({ bus, clock, newId }, settings);
  const hosts = await followHosts({ bus, clock, log, newId });
  const explain = explainInTurn({ pause });
  const fleet = fleetOf({ hosts, explain, bus, clock, newId });
  const picks = keptPicks();
  const steps = {
    ...policySteps(asks, placements.documents),
    ...inventorySteps(asks, picks),
    ...hostSteps(asks),
    ...choosingSteps(asks, { fleet, picks, clock, newId }),
  };
  const drive = makeDrive({ process, placements, asks, steps, picks, clock, log, settings });
  const begins = { placements: placements.documents, asks, fleet, begin: makeBegin({ placements, picks, drive }) };
  const reacts = { placements: placements.documents, drive, asks };

  const stopped = new AbortController();
  const { signal } = stopped;
  const recheck = makeRecheck({ asks, clock, log, newId }, { afterMs: settings.recheckMs, signal });
  const { graceMs } = settings;

  const served = await bus.serve('scheduler', [
    answers(RunVm, runVm(begins)),
    answers(StopVm, stopVm(begins)),
    answers(MigrateVm, migrateVm(begins)),
    answers(PlugVnic, plugVnic(begins)),
    answers(UnplugVnic, unplugVnic(begins)),
    answers(UpgradeVnic, upgradeVnic(begins)),
    answers(ScheduleVm, scheduleVm({ hosts, explain, pause, bus, clock, newId })),
    answers(GetOperation, getOperation(begins)),
    answers(ReadRuntimes, readRuntimes(begins)),
    answers(JudgeClaims, judgeClaims(begins)),
    reactsTo(VmStepEnded, vmStepEnded(reacts)),
    reactsTo(ClaimsChanged, claimsChanged(reacts)),
    reactsTo(DomainsReported, domainsReported({ ...reacts, bus, clock, newId, graceMs, recheck })),
    reactsTo(HostLost, hostLost(reacts)),
  ]);

  const facts = startSweep([placements], { contracts: [PlacementChanged, SchedulerNoted] });
  const sweep = () => sweepDue({ process, placements, drive, clock, log, settings });
  const sweeping = every({ clock, log }, { everyMs: settings.sweepMs, what: 'Looking at what is due', signal }, sweep);
  const audit = makeAudit({ placements, asks, clock, newId });
  const auditing = every({ clock, log }, { everyMs: settings.auditMs, what: 'Auditing placements', signal }, audit);
  const freeing = every(
    { clock, log },
    { everyMs: settings.locksMs, what: 'Looking for VMs that are locked for nobody', signal },
    () => freeLocks({ asks, placements: placements.documents, newId, log }),
  );

  return {
    problems: async () => [
      ...(bus.connected() ? [] : ['the scheduler is not connected to the message broker']),
      ...hosts.problems(),
    ],
    close: async () => {
      stopped.abort(new Error('the scheduler is closing'));
      await served.close();
      await drive.close(settings.closeWithinMs);
      await Promise.all([sweeping, auditing, freeing]);
      await hosts.close();
      await facts.close();
      await placements.publications.close(settings.closeWithinMs);
    },
  };
}
