import { carryOut } from './carry-out-vm.ts';
import type { VmRecord } from './core/vm-record.ts';
import type { FenceFloor } from './fence-floor.ts';
import type { Guests } from './guests.ts';
import { recoverVm } from './recover-vm.ts';
import type { HostAgentSettings } from './settings.ts';
import { StateFileError } from './state-files.ts';
import type { TellOutcome } from './tell-outcome.ts';
import type { VfHolds } from './vf-holds.ts';
import type { VmRun, VmWork } from './vm-run.ts';
import type { VfSurroundings } from './vm-walk.ts';
import type { Cause } from './voice.ts';

/** The one who works for a VM: what an earlier process left open first, then one message after the other. */
export type VmWorker = {
  /** Takes a message in; the work itself goes on after it. A step that is waited for already is not taken in twice. */
  obey(work: VmWork, cause: Cause): void;
  /** Ends what an earlier process left open, though no message comes. */
  resume(): void;
  /** Stops after the step that runs; what is not ended stays in the journal. */
  close(): Promise<void>;
};

/** What a worker needs of the agent. */
export type VmSurroundings = Omit<VfSurroundings, 'floor'> & {
  guests: Guests;
  floor: FenceFloor;
  holds: VfHolds;
  settings: HostAgentSettings;
  tell: TellOutcome;
};

type Queued = { work: VmWork; cause: Cause };
type Current = { work: VmWork | null; hurry: AbortController };

/** `idle` is called when nothing is left to do and the disk knows all that this worker knows. */
export function vmWorker(vm: { id: string; name: string }, around: VmSurroundings, idle: () => void): VmWorker {
  const { files, clock, log, settings, tell } = around;
  const queue: Queued[] = [];
  const life = new AbortController();
  let record: VmRecord | null | undefined;
  let isRecovered = false;
  let isKept = true;
  let current: Current | null = null;
  let running: Promise<void> | null = null;

  function start(): void {
    running ??= runAll()
      .catch((error: unknown) => {
        if (!life.signal.aborted) log.error({ err: error, vm }, 'the work for a virtual machine ended in a fault');
      })
      .finally(() => {
        running = null;
        if (life.signal.aborted) return;
        if (queue.length > 0) start();
        else if (isKept) idle();
      });
  }

  async function runAll(): Promise<void> {
    await recover();
    for (let next = queue.shift(); next && !life.signal.aborted; next = queue.shift()) {
      const { work, cause } = next;
      await recover();
      current = { work, hurry: new AbortController() };
      const end = await carryOut(work, run(current)).finally(() => {
        current = null;
      });
      if (end !== 'left-open') tell(work, end, cause);
    }
  }

  /**
   * Tried until the hypervisor tells what is there: whatever was left is ended before anything new is begun. A record
   * that cannot be read is read again when the next message comes.
   */
  async function recover(): Promise<void> {
    while (!isRecovered && !life.signal.aborted) {
      try {
        current = { work: null, hurry: new AbortController() };
        const recovered = await recoverVm(run(current));
        isRecovered = true;
        if (!recovered?.outcome || recovered.outcome === 'left-open' || !recovered.record.open) return;
        const { placementId, attempt, open } = recovered.record;
        return tell({ kind: open.kind, step: open.step, placementId, attempt, vm }, recovered.outcome);
      } catch (error) {
        log.error({ err: error, vm }, 'what was left open for a virtual machine could not be ended');
        if (error instanceof StateFileError) return;
        await clock.sleep(settings.retryMs, life.signal);
      } finally {
        current = null;
      }
    }
  }

  function run({ work, hurry }: Current): VmRun {
    return {
      ...around,
      vm,
      record: readRecord,
      keepRecord,
      hurry: hurry.signal,
      stopped: () => {
        if (life.signal.aborted) return 'closing';
        return work && isOvertaken(work) ? 'overtaken' : null;
      },
    };
  }

  /** Once a stop is waiting, nothing more is prepared for a guest that is to end. */
  function isOvertaken({ kind, attempt }: VmWork): boolean {
    if (kind !== 'start' && kind !== 'attach') return false;
    return queue.some(({ work }) => work.kind === 'stop' && work.attempt >= attempt);
  }

  async function readRecord(): Promise<VmRecord | null> {
    record ??= await files.vm(vm.id);
    return record;
  }

  /** What the disk does not take is known to this process nevertheless: it was or will be told so. */
  async function keepRecord(next: VmRecord): Promise<void> {
    isKept = false;
    if (next.open === null) record = next;
    await files.keepVm(next);
    record = next;
    isKept = true;
  }

  return {
    obey: (work, cause) => {
      const isKnown = current?.work?.step === work.step || queue.some((each) => each.work.step === work.step);
      if (isKnown) return;
      queue.push({ work, cause });
      if (work.kind === 'stop' && work.force) current?.hurry.abort();
      start();
    },
    resume: start,
    close: async () => {
      life.abort();
      await running;
    },
  };
}
