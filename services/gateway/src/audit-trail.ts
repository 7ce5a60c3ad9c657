import type { AuditEntry } from '@vfleet/contracts/vocabulary/audit';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { AuditLog } from './audit-log.ts';

const AGAIN_MS = 1000;

/** What this process writes to the audit log beside the requests it serves. */
export type AuditTrail = {
  /**
   * Begins to log what is about to be done. Resolves when that is durable, or when it could not be written: then it is
   * owed, and `broken` until it was.
   */
  begin(entry: AuditEntry): Promise<void>;
  /** Logs how it came out, soon: what ends together is written together. */
  complete(entry: AuditEntry): void;
  /** Whether the log cannot be written now: nothing is to be done then that it should tell. */
  broken(): boolean;
  /** Resolves when all that was completed before is durable, or could not be written at once. */
  settled(): Promise<void>;
  /** Resolves when nothing is owed any more, or was tried a last time after the signal aborted. */
  closed(): Promise<void>;
};

/** Makes the trail of a process. What could not be written is tried again until the signal aborts. */
export function makeAuditTrail({
  auditLog,
  clock,
  log,
  signal,
}: {
  auditLog: Pick<AuditLog, 'add' | 'complete'>;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): AuditTrail {
  let owed = new Map<string, AuditEntry>();
  let batch: Promise<unknown[]> | undefined;
  let writing: Promise<void> | undefined;
  let isBroken = false;

  function owe(entry: AuditEntry): void {
    owed.set(entry.id, entry);
    writing ??= writeOwed();
  }

  /** What comes while a batch is written makes the next one. */
  async function writeOwed(): Promise<void> {
    while (owed.size > 0) {
      const entries = [...owed.values()];
      owed = new Map();
      batch = Promise.all(entries.map(tried));
      const problems = (await batch).filter((problem) => problem !== undefined);
      isBroken = problems.length > 0;
      if (!isBroken) continue;
      log.warn({ problem: problems[0], entries: owed.size }, 'the audit log cannot be written; trying again');
      if (signal.aborted) break;
      await clock.sleep(AGAIN_MS, signal).catch(() => undefined);
    }
    writing = undefined;
  }

  /** Nothing newer of an entry that could not be written is overwritten. */
  async function tried(entry: AuditEntry): Promise<unknown> {
    try {
      await auditLog.complete(entry);
      return undefined;
    } catch (problem) {
      if (!owed.has(entry.id)) owed.set(entry.id, entry);
      return problem;
    }
  }

  return {
    async begin(entry) {
      try {
        await auditLog.add(entry);
      } catch (problem) {
        isBroken = true;
        log.warn({ problem, entry }, 'what is done could not be logged before it was answered');
        owe(entry);
      }
    },
    complete: owe,
    broken: () => isBroken,
    settled: async () => {
      await batch;
      await batch;
    },
    closed: async () => {
      await writing;
    },
  };
}
