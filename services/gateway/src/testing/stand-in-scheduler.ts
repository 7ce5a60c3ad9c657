import { answers, type Bus, type Subscription } from '@vfleet/bus/bus';
import type { Verdict } from '@vfleet/contracts/define';
import type { Message } from '@vfleet/contracts/envelope';
import { refusal } from '@vfleet/contracts/refusals';
import {
  GetOperation,
  MigrateVm,
  PlacementChanged,
  PlugVnic,
  ReadRuntimes,
  RunVm,
  ScheduleVm,
  StopVm,
  UnplugVnic,
  UpgradeVnic,
} from '@vfleet/contracts/scheduler/runs';
import type { Operation, OperationKind, VmRuntime } from '@vfleet/contracts/vocabulary/operation';
import type { Schedule } from '@vfleet/contracts/vocabulary/schedule';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { carryingOut, type Deeds } from './carrying-out.ts';

export type StandInScheduler = Deeds & {
  /** Where VMs stand, by id; one that is not in it never ran. */
  runtimes: Map<string, VmRuntime>;
  schedule: Schedule;
  /** Ends the operation that was begun last, and tells of it. */
  end(how: Pick<Operation, 'state'> & Partial<Operation>, tell?: 'tell' | 'say nothing'): Promise<void>;
  /** Begins operations in this state from now on: one may be done at once. */
  begins: Operation['state'];
  /** Tells that a placement has changed, whatever is so. */
  hint(vmId: string): Promise<void>;
  serve(): Promise<void>;
  away(): Promise<void>;
};

/** Answers scheduler's contracts: an operation is open until the test ends it. A VM's id is taken to be its name. */
export function standInScheduler(bus: Bus, clock: Clock): StandInScheduler {
  const operations = new Map<string, Operation>();
  let subscription: Subscription | undefined;
  let facts = 0;

  const scheduler: StandInScheduler = {
    commands: [],
    heard: [],
    refusals: [],
    runtimes: new Map(),
    begins: 'open',
    schedule: {
      vm: { id: 'vm-1', name: 'vm-1' },
      ...{ fitting: 0, hosts: [], rejected: 0, reasons: [], rejections: [] },
    },
    async end(how, tell = 'tell') {
      const last = [...operations.values()].at(-1);
      if (!last) throw new Error('no operation was begun');
      operations.set(last.id, { ...last, ended_at: isoNow(clock), ...how });
      if (tell === 'tell') await scheduler.hint(last.vm.id);
    },
    async hint(vmId) {
      await bus.publish(
        PlacementChanged,
        { vmId, placementId: 'p1', operationId: null },
        {
          id: `placement-fact-${++facts}`,
          correlationId: 'r1',
          actor: { kind: 'service', name: 'scheduler' },
          sentAt: isoNow(clock),
          version: facts,
        },
      );
    },
    async serve() {
      subscription = await bus.serve('scheduler', bindings);
    },
    async away() {
      await subscription?.close();
    },
  };

  const carriesOut = carryingOut(scheduler);
  const bindings = [
    carriesOut(RunVm, begins('start')),
    carriesOut(StopVm, begins('stop')),
    carriesOut(MigrateVm, begins('migrate')),
    carriesOut(PlugVnic, begins('plug')),
    carriesOut(UnplugVnic, begins('unplug')),
    carriesOut(UpgradeVnic, begins('upgrade')),
    answers(ScheduleVm, async (message) => hearing(message, { ok: true, reply: scheduler.schedule })),
    answers(GetOperation, async (message) => {
      const operation = operations.get(message.payload.operationId);
      return hearing(
        message,
        operation
          ? { ok: true, reply: operation }
          : { ok: false, refusals: [refusal('OPERATION_NOT_EXIST', `There is no ${message.payload.operationId}.`)] },
      );
    }),
    answers(ReadRuntimes, async (message) => {
      const items = message.payload.vmIds.map((vmId) => scheduler.runtimes.get(vmId) ?? down(vmId));
      return hearing(message, { ok: true, reply: { items } });
    }),
  ];

  function begins(kind: OperationKind) {
    return ({ vm }: { vm: string }, id: string): Verdict<Operation> => {
      const operation: Operation = {
        id,
        kind,
        vm: { id: vm, name: vm },
        state: scheduler.begins,
        ...{ step: 'choosing a host', host: null, started_at: isoNow(clock), ended_at: null },
        ...{ problems: [], notes: [] },
      };
      operations.set(operation.id, operation);
      return { ok: true, reply: operation };
    };
  }

  function hearing<Reply>(message: Message<unknown>, verdict: Verdict<Reply>): Verdict<Reply> {
    scheduler.heard.push(message);
    return verdict;
  }

  return scheduler;
}

function down(vmId: string): VmRuntime {
  return { vmId, status: 'down', host: null, operation: null, vnics: [] };
}
