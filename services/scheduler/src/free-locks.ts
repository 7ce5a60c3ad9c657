import { EndRun, ListRunning } from '@vfleet/contracts/policy/runs';
import type { Documents } from '@vfleet/documents/documents';
import type { Log } from '@vfleet/process/log';
import type { Asks, Cause } from './asks.ts';
import { isLockLost } from './core/is-lock-lost.ts';
import type { Placement } from './core/placement.ts';

const PAGE = 500;

/**
 * Unlocks VMs that are locked by placements that are no more: a begin-run that came late, after its placement had ended,
 * has locked one for nobody.
 */
export async function freeLocks({
  asks: { ask },
  placements,
  newId,
  log,
}: {
  asks: Pick<Asks, 'ask'>;
  placements: Pick<Documents<Placement>, 'get'>;
  newId: () => string;
  log: Log;
}): Promise<void> {
  const cause: Cause = { correlationId: newId(), actor: { kind: 'service', name: 'scheduler' } };
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await ask(ListRunning, { limit: PAGE, cursor }, cause);
    if (!page.ok) throw new Error(page.refusals.map(({ detail }) => detail).join('; '));
    for (const { vmId, placementId } of page.reply.items) {
      const stored = await placements.get(vmId);
      if (!isLockLost(stored?.body, placementId)) continue;
      log.warn({ vmId, placementId }, 'A VM is unlocked: the placement that locked it is no more');
      await ask(EndRun, { vm: vmId, placementId }, cause);
    }
    cursor = page.reply.next;
  }
}
