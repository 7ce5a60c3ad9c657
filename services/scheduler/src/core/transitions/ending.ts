import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { endOperation } from '../end-operation.ts';
import { enterState } from '../enter-state.ts';
import type { HappeningOf } from '../happening.ts';
import { leaveHost, stopStep } from '../leave-host.ts';
import type { Leaving, OnHost, Placement, PlacementState } from '../placement.ts';

type Given = { now: string };

/** States in which the destination may have the VM; before, it has claims at most. */
const MAY_BE_THERE: readonly PlacementState[] = ['moving', 'finding-vm'];

/** A stop overtakes whatever is under way: that operation ends here. */
export function stop(placement: Placement, { operation }: HappeningOf<'stop-asked'>, { now }: Given): Placement {
  const overtaken = refusal('OPERATION_OVERTAKEN', `The operation ${operation.id} stops ${placement.vmName}.`);
  const ended = endOperation(placement, { now, problems: [overtaken] });
  return giveUp({ ...ended, operation }, { isGone: false, force: operation.force }, { now });
}

/**
 * The host tells that the VM is not there any more. It is told to stop it all the same: with its attempt over there, a
 * late message cannot bring it back.
 */
export function endWithVm(
  placement: Placement,
  _: HappeningOf<'vm-gone' | 'attach-refused'>,
  { now }: Given,
): Placement {
  const died = refusal('VM_DIED', `${placement.vmName} is not on ${hostName(placement)} any more.`);
  return giveUp(dead(placement, died, now), { isGone: false, force: true }, { now });
}

/** The VM went with its host, which was confirmed powered off. */
export function endWithHost(
  placement: Placement,
  _: HappeningOf<'host-lost' | 'destination-lost' | 'passed'>,
  { now }: Given,
): Placement {
  const died = refusal('VM_DIED', `The host ${hostName(placement)} of ${placement.vmName} was confirmed powered off.`);
  return giveUp(dead(placement, died, now), { isGone: true, force: true }, { now });
}

/** No host has the VM any more: what it held is taken back. */
export function release(placement: Placement, _: HappeningOf<'passed'>, { now }: Given): Placement {
  return enterState(placement, 'releasing', { now });
}

/** Every claim is gone or in quarantine, and the VM is unlocked. */
export function down(placement: Placement, _: HappeningOf<'passed'>, { now }: Given): Placement {
  const ended = endOperation(placement, { now });
  return enterState(ended, 'down', { now, vm: null, leaving: [], excluded: [], seen: null });
}

/**
 * Ends the run: gives up where the VM is, may be, or was to be. What is not proved gone is told to stop until it is; no
 * claim is forgotten on the way.
 */
export function giveUp(
  placement: Placement,
  { isGone, force }: { isGone: boolean; force: boolean },
  { now }: Given,
): Placement {
  const { at, to, plug, state } = placement;
  const isThereGone = isGone || !MAY_BE_THERE.includes(state);
  const former = placement.leaving.map((each) => forced(placement, each, force));
  const here = at && leave(placement, withPlug(at, plug), { isGone, force });
  const there = to && { ...leave(placement, to, { isGone: isThereGone, force }), after: at?.attempt ?? null };
  const leaving = [...former, ...(here ? [here] : []), ...(there ? [there] : [])];
  const next = leaving.every((each) => each.isGone) ? 'releasing' : 'stopping';
  return enterState(placement, next, { now, at: null, to: null, lostDestination: null, plug: null, leaving });
}

function dead(placement: Placement, problem: Refusal, now: string): Placement {
  return { ...endOperation(placement, { now, problems: [problem] }), died: { at: now, problem } };
}

function leave(placement: Placement, on: OnHost, { isGone, force }: { isGone: boolean; force: boolean }): Leaving {
  return leaveHost(on, { isGone, stop: isGone ? null : stopStep(placement, { attempt: on.attempt, force }) });
}

/** A stop with force is another step than one that waits for the guest. */
function forced(placement: Placement, each: Leaving, force: boolean): Leaving {
  if (!force || !each.stop || each.stop.force) return each;
  return { ...each, stop: stopStep(placement, { attempt: each.attempt, force, tries: each.stop.tries + 1 }) };
}

/** The claim of a vNIC that is just plugged or unplugged is one of its host, too. */
function withPlug(at: OnHost, plug: Placement['plug']): OnHost {
  if (!plug?.vf || at.vnics.some(({ vf }) => vf?.claimId === plug.vf?.claimId)) return at;
  return { ...at, vnics: [...at.vnics, plug] };
}

function hostName({ at, to }: Placement): string {
  return at?.host.name ?? to?.host.name ?? 'its host';
}
