import { type ResolvedVm, ResolveVnics } from '@vfleet/contracts/policy/runs';
import { type Clock, isoNow } from '@vfleet/process/clock';
import { type Asks, causeOf } from '../asks.ts';
import { hostsLeftOut } from '../core/leave-host.ts';
import { notDestinations } from '../core/migration-intent.ts';
import { placeVnics } from '../core/place-vnics.ts';
import type { Placement } from '../core/placement.ts';
import { demandingVf, runVmOf } from '../core/run-vm.ts';
import type { Fleet, Limits } from '../fleet.ts';
import type { KeptPicks } from '../kept-picks.ts';
import type { Step, StepResult } from './step.ts';

/** What is chosen anew: by the newest facts of the host whose claims were refused, and the VM as it is now. */
export function choosingSteps(
  { ask }: Asks,
  { fleet, picks, clock, newId }: { fleet: Fleet; picks: KeptPicks; clock: Clock; newId: () => string },
): Record<'choose-host' | 'choose-destination' | 'choose-vf', Step> {
  async function choose(
    placement: Placement,
    { resolved, demanded = resolved, attempt }: { resolved: ResolvedVm; demanded?: ResolvedVm; attempt: number },
    limits: Limits,
  ): Promise<StepResult> {
    const { operation, vmId, guestAddresses } = placement;
    const last = placement.leaving.at(-1);
    if (last && (operation?.lostRaces ?? 0) > 0) await fleet.refresh(last.host.id);
    const pick = await fleet.pick(demanded, limits);
    if (!pick.ok) return { kind: 'happened', happening: { kind: 'none-fits', refusals: pick.refusals } };
    picks.keep({ vmId, attempt }, pick);
    const on = placeVnics(pick, { attempt, guestAddresses, now: isoNow(clock), newId });
    return { kind: 'happened', happening: { kind: 'chosen', vm: runVmOf(resolved), on } };
  }

  /** Resolves the VM as it is now, or the one vNIC; why it cannot be is why nothing fits. */
  async function resolve(
    placement: Placement,
    then: (resolved: ResolvedVm) => Promise<StepResult>,
    vnic?: string,
  ): Promise<StepResult> {
    const found = await ask(ResolveVnics, { vm: placement.vmId, vnic }, causeOf(placement));
    if (found.ok) return then(found.reply);
    return { kind: 'happened', happening: { kind: 'none-fits', refusals: found.refusals } };
  }

  return {
    'choose-host': async ({ placement }) =>
      resolve(placement, (resolved) => {
        const limits = { excluded: hostsLeftOut(placement), only: placement.operation?.hostId ?? undefined };
        return choose(placement, { resolved, attempt: placement.attempt + 1 }, limits);
      }),
    'choose-destination': async ({ placement }) =>
      resolve(placement, (resolved) => {
        const limits = { excluded: notDestinations(placement), only: placement.operation?.hostId ?? undefined };
        return choose(placement, { resolved, attempt: placement.attempt + 1 }, limits);
      }),
    'choose-vf': async ({ placement }) =>
      resolve(
        placement,
        (resolved) => {
          const { operation, attempt, at } = placement;
          const demanded = operation?.kind === 'upgrade' ? demandingVf(resolved) : resolved;
          const limits = { excluded: new Map(), only: at?.host.id, purpose: 'plug' as const };
          return choose(placement, { resolved, demanded, attempt }, limits);
        },
        placement.plug?.vnic.id,
      ),
  };
}
