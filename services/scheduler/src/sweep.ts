import type { Deciding } from '@vfleet/documents/decide-and-put';
import type { Stored } from '@vfleet/documents/documents';
import type { Clock } from '@vfleet/process/clock';
import type { Log } from '@vfleet/process/log';
import type { SchedulerSettings } from './config.ts';
import type { Placement } from './core/placement.ts';
import { PLACEMENT_TABLE } from './core/placement-table.ts';
import { isFree } from './core/wake.ts';
import type { Drive } from './drive.ts';
import { putPlacement } from './put-placement.ts';

const PAGE = 100;

type Sweeps = {
  process: string;
  placements: Deciding<Placement>;
  drive: Drive;
  clock: Clock;
  log: Log;
  settings: SchedulerSettings;
};

/**
 * Looks at every placement that is due: what it waits for was not heard, or who drove it died. One that cannot be looked
 * at keeps no other from it, and is due again.
 */
export async function sweepDue(deps: Sweeps): Promise<void> {
  const { placements, clock, log } = deps;
  let after: { value: string; id: string } | undefined;
  do {
    const page = await placements.documents.search('wake', '', { limit: PAGE, after });
    const due = page.filter(({ value }) => Date.parse(value) <= clock.now());
    const looked = await Promise.allSettled(due.map(({ document }) => lookAt(deps, document)));
    for (const outcome of looked) {
      if (outcome.status === 'rejected') {
        log.warn({ problem: outcome.reason }, 'A placement that is due could not be driven on; it is tried again');
      }
    }
    const last = due.length === PAGE ? due.at(-1) : undefined;
    after = last && { value: last.value, id: last.document.id };
  } while (after);
}

async function lookAt(deps: Sweeps, stored: Stored<Placement>): Promise<void> {
  const { process, placements, drive, clock, settings } = deps;
  const placement = stored.body;
  const now = clock.now();
  if (!isFree(placement, { process, latest: new Date(now - settings.graceMs).toISOString() })) return;
  const toldAt = drive.toldAt(placement);
  if (toldAt !== undefined && toldAt + settings.stepMs > now) {
    const wakeAt = new Date(toldAt + settings.stepMs).toISOString();
    await putPlacement(placements, stored, { ...placement, lease: null, wakeAt });
    return;
  }
  const isOverdue = Date.parse(placement.since) + settings.giveUpMs <= now;
  if (isOverdue && PLACEMENT_TABLE[placement.state].on.overdue !== 'nothing') {
    await drive.take(stored.id, (current) =>
      current.step === placement.step && current.state === placement.state
        ? { kind: 'happened', happening: { kind: 'overdue' } }
        : undefined,
    );
    return;
  }
  await drive.again(stored);
}
