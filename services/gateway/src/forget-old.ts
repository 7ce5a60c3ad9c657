import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';

const EVERY_MS = 10 * 60_000;

/**
 * Keeps what is logged to what its retention says, now and then, until the signal aborts. Several gateways may do it at
 * once. `forget` gets the time before which all is to go, in milliseconds since the epoch.
 */
export async function forgetOld({
  what,
  forget,
  clock,
  log,
  retentionMs,
  signal,
}: {
  what: string;
  forget: (before: number) => Promise<void>;
  clock: Clock;
  log: Log;
  retentionMs: number;
  signal: AbortSignal;
}): Promise<void> {
  while (!signal.aborted) {
    try {
      await forget(clock.now() - retentionMs);
    } catch (problem) {
      log.warn({ problem }, `old ${what} were not forgotten; trying again`);
    }
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
