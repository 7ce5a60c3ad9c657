import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { EventLog } from './event-log.ts';

const EVERY_MS = 10 * 60_000;

/** Keeps the log to what its retention says, now and then, until the signal aborts. Several gateways may do it at once. */
export async function forgetOldEvents({
  events,
  clock,
  log,
  retentionMs,
  signal,
}: {
  events: Pick<EventLog, 'forget'>;
  clock: Clock;
  log: Log;
  retentionMs: number;
  signal: AbortSignal;
}): Promise<void> {
  while (!signal.aborted) {
    try {
      await events.forget(clock.now() - retentionMs);
    } catch (problem) {
      log.warn({ problem }, 'old events were not forgotten; trying again');
    }
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
