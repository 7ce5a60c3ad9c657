import { answers, type Bus, reactsTo } from '@vfleet/bus/bus';
import { ClaimsChanged, HostLost } from '@vfleet/contracts/inventory-claims';
import { JudgeClaims } from '@vfleet/contracts/scheduler/runs';

/**
 * The scheduler as far as inventory sees it: it calls every claim an orphan that is not in `named`, and keeps what it
 * was asked and told.
 */
export function standInScheduler() {
  const named = new Set<string>();
  const judged: string[][] = [];
  const claimsChanged: string[][] = [];
  const hostsLost: { hostId: string; fenceFloor: number }[] = [];
  return {
    ...{ named, judged, claimsChanged, hostsLost },
    async startOn(bus: Bus): Promise<void> {
      await bus.serve('scheduler', [
        answers(JudgeClaims, async ({ payload }) => {
          const ids = payload.claims.map(({ claimId }) => claimId);
          judged.push(ids);
          return { ok: true, reply: { orphans: ids.filter((id) => !named.has(id)) } };
        }),
        reactsTo(ClaimsChanged, async ({ payload }) => void claimsChanged.push(payload.placementIds)),
        reactsTo(HostLost, async ({ payload }) => void hostsLost.push(payload)),
      ]);
    },
  };
}
