import { DomainsRequested } from '@vfleet/contracts/host-agent-vms';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { Asks, Cause } from './asks.ts';

/** Has a host tell its domains again, a little later, however often that is asked for meanwhile. */
export type Recheck = (hostId: string) => void;

export function makeRecheck(
  { asks, clock, log, newId }: { asks: Pick<Asks, 'tell'>; clock: Clock; log: Log; newId: () => string },
  { afterMs, signal }: { afterMs: number; signal: AbortSignal },
): Recheck {
  const due = new Set<string>();

  async function later(hostId: string): Promise<void> {
    await clock.sleep(afterMs, signal);
    due.delete(hostId);
    const cause: Cause = { correlationId: newId(), actor: { kind: 'service', name: 'scheduler' } };
    await asks.tell(DomainsRequested, hostId, {}, cause);
  }

  return (hostId) => {
    if (due.has(hostId)) return;
    due.add(hostId);
    later(hostId).catch((problem: unknown) => {
      if (!signal.aborted) log.warn({ problem, hostId }, 'A host could not be asked for its domains');
    });
  };
}
