import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { TellHosts } from './tell-hosts.ts';

/** Asks hosts for full reports, a bounded number at a time, so that a fleet that comes back does not flood inventory. */
export type ReportRequests = {
  /** Asks soon; a host that is already waiting or asked is not asked twice. */
  ask(hostId: string): void;
  /** A report of the host has arrived: its place is free. */
  arrived(hostId: string): void;
};

export function makeReportRequests(
  { tellHosts, clock, log }: { tellHosts: TellHosts; clock: Clock; log: Log },
  { atOnce, patienceMs }: { atOnce: number; patienceMs: number },
): ReportRequests {
  const asked = new Map<string, number>();
  const waiting = new Set<string>();

  function next(): void {
    for (const [hostId, since] of asked) if (clock.now() - since > patienceMs) asked.delete(hostId);
    for (const hostId of waiting) {
      if (asked.size >= atOnce) return;
      waiting.delete(hostId);
      asked.set(hostId, clock.now());
      tellHosts.requestReport(hostId).then(
        (there) => !there && asked.delete(hostId),
        (problem) => {
          asked.delete(hostId);
          log.warn({ hostId, problem }, 'A host could not be asked for its report; its next heartbeat asks again');
        },
      );
    }
  }

  return {
    ask: (hostId) => {
      const since = asked.get(hostId);
      if (since !== undefined && clock.now() - since <= patienceMs) return;
      waiting.add(hostId);
      next();
    },
    arrived: (hostId) => {
      asked.delete(hostId);
      next();
    },
  };
}
