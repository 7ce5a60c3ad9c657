import type { Bus, Reaction } from '@vfleet/bus/bus';
import { type DomainsReported, StopVm } from '@vfleet/contracts/host-agent-vms';
import { SchedulerNoted } from '@vfleet/contracts/scheduler/runs';
import type { Documents } from '@vfleet/documents/documents';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { type Asks, causeOf } from '../asks.ts';
import type { Placement } from '../core/placement.ts';
import { mayHaveEnded, readDomains, unwantedAttempt } from '../core/read-domains.ts';
import type { Drive, Taken } from '../drive.ts';
import { placementsOn } from '../placements-on.ts';
import type { Recheck } from '../recheck.ts';

/**
 * A VM that should be on a host and is not has ended there. One that is there and was given up is told to stop, as often
 * as it is told of: nothing is kept for that, the next report shows whether it is gone.
 */
export const domainsReported =
  ({
    placements,
    drive,
    asks,
    bus,
    clock,
    newId,
    graceMs,
    recheck,
  }: {
    placements: Pick<Documents<Placement>, 'find' | 'get'>;
    drive: Drive;
    asks: Asks;
    bus: Pick<Bus, 'publish'>;
    clock: Clock;
    newId: () => string;
    /** Clocks of hosts and services may differ by so much. */
    graceMs: number;
    recheck: Recheck;
  }): Reaction<typeof DomainsReported> =>
  async ({ payload: report }) => {
    const here = new Map<string, Placement>();
    for await (const { id, body } of placementsOn(placements, report.hostId)) {
      here.set(id, body);
      if (mayHaveEnded(body, report)) recheck(report.hostId);
      if (meaningOf(body)) await drive.take(id, meaningOf);
    }
    for (const { vmId } of report.domains) {
      if (vmId === null) continue;
      const placement = here.get(vmId) ?? (await placements.get(vmId))?.body;
      if (placement) await stopUnwanted(placement);
    }

    function meaningOf(placement: Placement): Taken | undefined {
      const isAsked = Date.parse(report.takenAt) > Date.parse(placement.since) + graceMs;
      const happening = readDomains(placement, report, isAsked);
      return happening && { kind: 'happened', happening };
    }

    async function stopUnwanted(placement: Placement): Promise<void> {
      const attempt = unwantedAttempt(placement, report);
      if (attempt === undefined) return;
      const { vmId, vmName, placementId } = placement;
      const { hostId } = report;
      const step = `${placementId}.late-${attempt}`;
      const cause = { ...causeOf(placement), actor: { kind: 'service' as const, name: 'scheduler' } };
      await asks.tell(
        StopVm,
        hostId,
        { step, placementId, attempt, vm: { id: vmId, name: vmName }, force: true },
        cause,
      );
      const at = isoNow(clock);
      const detail = `Attempt ${attempt} of ${vmName} was given up and yet runs on host ${hostId}: it is stopped.`;
      const note = {
        action: 'stopLateVm',
        target: `/api/vms/${vmId}`,
        outcome: 'accepted' as const,
        codes: [],
        detail,
        at,
      };
      await bus.publish(SchedulerNoted, { ...note, vmId }, { ...cause, id: newId(), sentAt: at });
    }
  };
