import { ResolveVnics } from '@vfleet/contracts/policy/runs';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { type Asks, causeOf } from '../asks.ts';
import { placeVnics } from '../core/place-vnics.ts';
import { runVmOf } from '../core/run-vm.ts';
import type { Fleet } from '../fleet.ts';
import type { KeptPicks } from '../kept-picks.ts';
import type { Step } from './step.ts';

/** What is chosen, by the newest facts of the host whose claims were refused. */
export function choosingSteps(
  { ask }: Asks,
  { fleet, picks, clock, newId }: { fleet: Fleet; picks: KeptPicks; clock: Clock; newId: () => string },
): Record<'choose-host', Step> {
  return {
    'choose-host': async ({ placement }) => {
      const { excluded, operation, guestAddresses, vmId } = placement;
      const last = placement.leaving.at(-1);
      if (last && (operation?.lostRaces ?? 0) > 0) await fleet.refresh(last.host.id);
      const resolved = await ask(ResolveVnics, { vm: vmId }, causeOf(placement));
      if (!resolved.ok) return { kind: 'happened', happening: { kind: 'none-fits', refusals: resolved.refusals } };
      const pick = await fleet.pick(resolved.reply, {
        excluded: new Map(excluded.map(({ host, reason }) => [host.id, reason])),
        only: operation?.hostId ?? undefined,
      });
      if (!pick.ok) return { kind: 'happened', happening: { kind: 'none-fits', refusals: pick.refusals } };
      const attempt = placement.attempt + 1;
      picks.keep({ vmId, attempt }, pick);
      const on = placeVnics(pick, { attempt, guestAddresses, now: isoNow(clock), newId });
      return { kind: 'happened', happening: { kind: 'chosen', vm: runVmOf(resolved.reply), on } };
    },
  };
}
