import { answers, type Bus, reactsTo } from '@vfleet/bus/bus';
import { VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import { ClaimsChanged } from '@vfleet/contracts/inventory-claims';
import {
  GetOperation,
  PlacementChanged,
  ReadRuntimes,
  RunVm,
  SchedulerNoted,
  ScheduleVm,
  StopVm,
} from '@vfleet/contracts/scheduler/runs';
import { deciding } from '@vfleet/documents/deciding';
import type { DocumentStore } from '@vfleet/documents/documents';
import { startSweep } from '@vfleet/documents/sweep';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Service } from '@vfleet/process/service';
import { makeAsks } from './asks.ts';
import { PLACEMENTS } from './collections.ts';
import type { SchedulerSettings } from './config.ts';
import { makeDrive } from './drive.ts';
import { every } from './every.ts';
import { explainInTurn } from './explain-in-turn.ts';
import { fleetOf } from './fleet-of.ts';
import { followHosts } from './follow-hosts.ts';
import { claimsChanged } from './handlers/claims-changed.ts';
import { getOperation } from './handlers/get-operation.ts';
import { readRuntimes } from './handlers/read-runtimes.ts';
import { runVm } from './handlers/run-vm.ts';
import { scheduleVm } from './handlers/schedule-vm.ts';
import { stopVm } from './handlers/stop-vm.ts';
import { vmStepEnded } from './handlers/vm-step-ended.ts';
import { keptPicks } from './kept-picks.ts';
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
    ...policySteps(asks),
    ...inventorySteps(asks, picks),
    ...hostSteps(asks),
    ...choosingSteps(asks, { fleet, picks, clock, newId }),
  };
  const drive = makeDrive({ process, placements, asks, steps, picks, clock, log, settings });
  const begins = { placements, asks, fleet, picks, drive };

  const served = await bus.serve('scheduler', [
    answers(RunVm, runVm(begins)),
    answers(StopVm, stopVm(begins)),
    answers(ScheduleVm, scheduleVm({ hosts, explain, pause, bus, clock, newId })),
    answers(GetOperation, getOperation({ placements: placements.documents })),
    answers(ReadRuntimes, readRuntimes({ placements: placements.documents })),
    reactsTo(VmStepEnded, vmStepEnded({ drive })),
    reactsTo(ClaimsChanged, claimsChanged({ placements: placements.documents, drive })),
  ]);

  const stopped = new AbortController();
  const { signal } = stopped;
  const facts = startSweep([placements], { contracts: [PlacementChanged, SchedulerNoted] });
  const sweeping = every(
    { clock, log },
    { everyMs: settings.sweepMs, what: 'Looking for placements that are due', signal },
    () => sweepDue({ process, placements, drive, clock, log, settings }),
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
      await sweeping;
      await hosts.close();
      await facts.close();
      await placements.publications.close(settings.closeWithinMs);
    },
  };
}
