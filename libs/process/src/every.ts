import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Does `work` every `everyMs` until `signal` aborts. A failure is logged and tried again with the next round. */
export async function every(
  { clock, log }: { clock: Clock; log: Log },
  { everyMs, what, signal }: { everyMs: number; what: string; signal: AbortSignal },
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await clock.sleep(everyMs, signal);
      await work();
    } catch (problem) {
      if (!signal.aborted) log.error({ problem }, `${what} failed; it is tried again`);
    }
  }
}
