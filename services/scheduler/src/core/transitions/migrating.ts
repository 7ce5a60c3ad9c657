import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { addProblems } from '../end-operation.ts';
import { enterState } from '../enter-state.ts';
import type { HappeningOf } from '../happening.ts';
import { leaveClaims, leaveHost, stopStep } from '../leave-host.ts';
import type { OnHost, PlacedVnic, Placement } from '../placement.ts';
import { endWithHost, endWithVm } from './ending.ts';
import { runOn } from './plugging.ts';
import { tryAgain } from './try-again.ts';

/** VFs that were lost to others so often in one operation are not raced for any more: the host is left out. */
const MOST_LOST_RACES = 16;

type Given = { now: string };

/** The destination is not to be had: another one is chosen, or it again by what is free there now. */
export function chooseDestinationAgain(
  placement: Placement,
  happening: HappeningOf<'claims-refused' | 'destination-lost'>,
  { now }: Given,
): Placement {
  const { to, operation } = placement;
  if (!to || !operation) throw new Error(`VM ${placement.vmName} moves nowhere`);
  const lostRaces = operation.lostRaces + 1;
  const isLost = happening.kind === 'destination-lost';
  const reason = isLost ? 'it was confirmed powered off' : happening.refusals.map(({ detail }) => detail).join(' ');
  const isOut = isLost || lostRaces >= MOST_LOST_RACES;
  return enterState(placement, 'choosing-destination', {
    now,
    to: null,
    leaving: [...placement.leaving, leaveClaims(to, to.vnics)],
    operation: { ...operation, lostRaces },
    excluded: isOut ? [...placement.excluded, { host: to.host, reason }] : placement.excluded,
  });
}

/** The intent to move, with the claims that will be asked for there: durable before they are. */
export function goTo(placement: Placement, { vm, on }: HappeningOf<'chosen'>, { now }: Given): Placement {
  return enterState(placement, 'claiming-destination', { now, vm, to: on, attempt: on.attempt });
}

/** The destination is claimed: now, and not before, VFs are unplugged here. */
export function detachSource(placement: Placement, _: HappeningOf<'passed'>, { now }: Given): Placement {
  return enterState(placement, 'detaching-source', { now });
}

export function move(placement: Placement, { answer }: HappeningOf<'passed'>, { now }: Given): Placement {
  return enterState(placement, 'moving', { now, seen: answer?.seen ?? placement.seen });
}

/** The VM is at the destination: what it held at the source is given back. Its attempt there ended with the move. */
export function moved(placement: Placement, happening: HappeningOf<'passed' | 'vm-there'>, { now }: Given): Placement {
  const { at, to, leaving } = placement;
  if (!to) return endWithHost(placement, { kind: 'host-lost' }, { now });
  const left = at ? [leaveHost(at, { isGone: true, stop: null })] : [];
  const seen = happening.kind === 'vm-there' ? happening.answer.seen : null;
  return enterState(placement, 'attaching-destination', {
    now,
    at: to,
    to: null,
    leaving: [...leaving, ...left],
    seen,
  });
}

/** The source is confirmed lost in the middle of the move: only the destination can tell whether the VM came through. */
export function findVm(placement: Placement, _: HappeningOf<'host-lost'>, { now }: Given): Placement {
  const { at, to, leaving } = placement;
  if (!to) return endWithHost(placement, { kind: 'host-lost' }, { now });
  const left = at ? [leaveHost(at, { isGone: true, stop: null })] : [];
  return enterState(placement, 'finding-vm', { now, at: null, leaving: [...leaving, ...left], seen: null });
}

/** The destination is confirmed lost: the source tells whether the VM had left. The step stays the one that is awaited. */
export function withoutDestination(placement: Placement, _: HappeningOf<'destination-lost'>): Placement {
  const { to, leaving } = placement;
  if (!to) return placement;
  const left = leaveHost(to, { isGone: true, stop: null });
  return { ...placement, to: null, lostDestination: to.host, leaving: [...leaving, left] };
}

export function settledThere(placement: Placement, { answer }: HappeningOf<'passed'>, { now }: Given): Placement {
  return runOn(placement, answer, now);
}

/** The VM has moved, and its VFs could not be plugged there: it runs on without them, and who asked is told why. */
export function settledThereWithout(
  placement: Placement,
  happening: HappeningOf<'host-failed'>,
  { now }: Given,
): Placement {
  if (happening.domain === 'unknown') return tryAgain(placement, happening);
  const failed = addProblems(placement, problemsOf(placement, happening));
  return runOn(withoutVfs(failed), happening.answer, now);
}

/** The move has failed: the VM is at the source, and gets its VFs back there. What is not known is asked for again. */
export function replugSource(
  placement: Placement,
  happening: HappeningOf<'never-told' | 'host-failed' | 'destination-lost'>,
  { now }: Given,
): Placement {
  if (happening.kind === 'host-failed' && happening.domain === 'gone') {
    return endWithVm(placement, { kind: 'vm-gone' }, { now });
  }
  if (happening.kind === 'host-failed' && happening.domain === 'unknown') {
    return tryAgain(placement, happening);
  }
  const failed = addProblems(placement, problemsOf(placement, happening));
  const left = happening.kind === 'destination-lost' ? withoutDestination(failed, happening) : failed;
  return enterState(left, 'replugging-source', { now });
}

export function replugged(placement: Placement, { answer }: HappeningOf<'passed'>, { now }: Given): Placement {
  return runOn(withoutTo(placement), answer, now);
}

/** Not even the source could take its VFs back: the VM runs on without them. */
export function repluggedWithout(
  placement: Placement,
  happening: HappeningOf<'host-failed'>,
  { now }: Given,
): Placement {
  if (happening.domain === 'unknown') return tryAgain(placement, happening);
  const failed = addProblems(placement, problemsOf(placement, happening));
  return runOn(withoutVfs(withoutTo(failed)), happening.answer, now);
}

/** Nothing was touched yet: the VM runs on as it did. */
export function failMigration(
  placement: Placement,
  happening: HappeningOf<'none-fits' | 'never-told'>,
  { now }: Given,
): Placement {
  const problems = problemsOf(placement, happening);
  return runOn(withoutTo(addProblems(placement, problems)), undefined, now);
}

/** Gives the destination up. It is told to stop what may have come there, though nothing should have. */
function withoutTo(placement: Placement): Placement {
  const { to, leaving } = placement;
  if (!to) return placement;
  const stop = stopStep(placement, { attempt: to.attempt, force: true });
  return { ...placement, to: null, leaving: [...leaving, leaveHost(to, { isGone: true, stop })] };
}

/** Where VFs could not be plugged, none is held; a preferred vNIC can be upgraded again. */
function withoutVfs(placement: Placement): Placement {
  const { at, vm, leaving } = placement;
  if (!at) return placement;
  const preferred = new Set(vm?.vnics.flatMap(({ id, needs }) => (needs === 'vf-or-bridge' ? [id] : [])));
  const bare = (placed: PlacedVnic): PlacedVnic =>
    placed.vf ? { ...placed, vf: null, degraded: preferred.has(placed.vnic.id) } : placed;
  const left: OnHost['vnics'] = at.vnics.filter(({ vf }) => vf !== null);
  return {
    ...placement,
    at: { ...at, vnics: at.vnics.map(bare) },
    leaving: left.length > 0 ? [...leaving, leaveClaims(at, left)] : leaving,
  };
}

function problemsOf(
  { at, to, vmName }: Placement,
  happening: HappeningOf<'none-fits' | 'never-told' | 'host-failed' | 'destination-lost'>,
): readonly Refusal[] {
  switch (happening.kind) {
    case 'none-fits':
      return happening.refusals;
    case 'never-told':
      return [refusal('MIGRATION_FAILED', `${vmName}: the agent of host ${at?.host.name} is not there.`)];
    case 'destination-lost':
      return [refusal('MIGRATION_FAILED', `${vmName}: host ${to?.host.name} was confirmed powered off.`)];
    case 'host-failed': {
      const { cause, remedy } = happening.failure;
      return [refusal('MIGRATION_FAILED', `${vmName} runs on host ${at?.host.name}: ${cause}`, remedy)];
    }
  }
}
