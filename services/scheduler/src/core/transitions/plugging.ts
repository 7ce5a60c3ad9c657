import { type Refusal, refusal } from '@vfleet/contracts/refusals';
import { addNote, addProblems, endOperation } from '../end-operation.ts';
import { enterState } from '../enter-state.ts';
import { guestAddressesAfter } from '../guest-addresses.ts';
import type { HappeningOf } from '../happening.ts';
import { leaveClaims } from '../leave-host.ts';
import type { OnHost, PlacedVnic, Placement } from '../placement.ts';
import { withVnics } from '../run-vm.ts';
import { tryAgain } from './try-again.ts';

/** VFs that were lost to others so often in one operation are not raced for any more. */
const MOST_LOST_RACES = 16;

type Given = { now: string };

/** The vNIC is in, with its VF: all of the VM's vNICs as the host told them. */
export function plugged(placement: Placement, { answer }: HappeningOf<'passed'>, { now }: Given): Placement {
  const { here, plug } = underWay(placement);
  const others = here.vnics.filter(({ vnic }) => vnic.id !== plug.vnic.id);
  const at = { ...here, vnics: [...others, plug] };
  return runOn({ ...placement, at }, answer, now);
}

/** The VF went to somebody else: another one of the host is chosen, by what is free now. */
export function chooseVfAgain(
  placement: Placement,
  { refusals }: HappeningOf<'claims-refused'>,
  { now }: Given,
): Placement {
  const { operation, here, plug } = underWay(placement);
  const lostRaces = operation.lostRaces + 1;
  const next = {
    ...placement,
    leaving: [...placement.leaving, leaveClaims(here, [plug])],
    plug: { ...plug, vf: null },
    operation: { ...operation, lostRaces },
  };
  return lostRaces < MOST_LOST_RACES ? enterState(next, 'choosing-vf', { now }) : giveBack(next, refusals, now);
}

/** A VF was chosen again. The bridge of a vNIC that is upgraded is left when that VF is claimed. */
export function plugWith(placement: Placement, { vm, on }: HappeningOf<'chosen'>, { now }: Given): Placement {
  const { operation, plug } = underWay(placement);
  const chosen = on.vnics.find(({ vnic }) => vnic.id === plug.vnic.id) ?? plug;
  const state = operation.kind === 'upgrade' ? 'detaching-degraded' : 'plugging';
  return enterState(placement, state, { now, plug: chosen, vm: placement.vm && withVnics(placement.vm, vm.vnics) });
}

/** The bridge is left: the VF takes its place. */
export function attachVf(placement: Placement, _: HappeningOf<'passed'>, { now }: Given): Placement {
  return enterState(placement, 'plugging', { now });
}

/** The vNIC is not in. Where nobody can tell whether it is, or the host could not take it back, it is taken out. */
export function failPlug(
  placement: Placement,
  happening: HappeningOf<'plug-refused' | 'never-told' | 'host-failed' | 'none-fits'>,
  { now }: Given,
): Placement {
  const problems = problemsOf(placement, happening);
  if (mayBeIn(placement, happening)) return enterState(addProblems(placement, problems), 'taking-back-plug', { now });
  return giveBack(placement, problems, now);
}

/** The vNIC may be in, and is not to be: it is taken out, and what it had is given back. */
export function takePlugBack(
  placement: Placement,
  happening: HappeningOf<'attach-refused' | 'overdue'>,
  { now }: Given,
): Placement {
  return enterState(addProblems(placement, problemsOf(placement, happening)), 'taking-back-plug', { now });
}

/** The guest has let go: the claim can be released, and then the vNIC counts as unplugged. */
export function detachedPlug(placement: Placement, { answer }: HappeningOf<'passed'>, { now }: Given): Placement {
  const { operation, here, plug } = underWay(placement);
  const isUpgrade = operation.kind === 'upgrade';
  const vnics = here.vnics.filter(({ vnic }) => isUpgrade || vnic.id !== plug.vnic.id);
  const seen = answer?.seen ?? placement.seen;
  return enterState(placement, 'releasing-unplugged', { now, at: { ...here, vnics }, seen });
}

/** Nothing is left of the plug. A vNIC that was to be upgraded goes back onto its bridge. */
export function unplugged(placement: Placement, _: HappeningOf<'passed'>, { now }: Given): Placement {
  const { operation, plug } = underWay(placement);
  if (operation.kind === 'upgrade') {
    return enterState(placement, 'restoring-degraded', { now, plug: { ...plug, vf: null, degraded: true } });
  }
  const { vm } = placement;
  const without = vm && { ...vm, vnics: vm.vnics.filter(({ id }) => id !== plug.vnic.id) };
  return runOn({ ...placement, vm: without }, undefined, now);
}

/** The upgrade has failed and its vNIC is where it was, or could not be put back there either. */
export function endPlug(
  placement: Placement,
  happening: HappeningOf<'passed' | 'host-failed'>,
  { now }: Given,
): Placement {
  if (happening.kind === 'passed') return runOn(placement, happening.answer, now);
  if (happening.domain === 'unknown') return tryAgain(placement, happening);
  const note = `It is on no bridge either: ${happening.failure.cause}. ${happening.failure.remedy}`;
  return runOn(addNote(placement, note), happening.answer, now);
}

/** The vNIC stays in: the guest refuses, or was never asked. */
export function keepPlug(
  placement: Placement,
  happening: HappeningOf<'never-told' | 'host-failed'>,
  given: Given,
): Placement {
  if (happening.kind === 'host-failed') {
    const { domain, answer } = happening;
    if (domain === 'unknown') return tryAgain(placement, happening);
    const { plug } = underWay(placement);
    const isIn = answer.attached.some(({ vnicId }) => vnicId === plug.vnic.id);
    if (!isIn) return detachedPlug(placement, { kind: 'passed', answer }, given);
  }
  return runOn(addProblems(placement, problemsOf(placement, happening)), undefined, given.now);
}

/** Ends the operation: the VM runs on, as it is now. */
export function runOn(placement: Placement, answer: HappeningOf<'passed'>['answer'], now: string): Placement {
  const { at } = placement;
  if (!at) throw new Error(`VM ${placement.vmName} runs nowhere`);
  const after = guestAddressesAfter(placement, at, answer?.attached ?? []);
  const seen = answer?.seen ?? placement.seen;
  return endOperation(
    enterState(placement, 'running', { now, ...after, seen, plug: null, lostDestination: null, excluded: [] }),
    { now },
  );
}

/** A guest that has not let go keeps what was plugged half: its VF cannot be cleaned before it does. */
function mayBeIn({ state, plug }: Placement, happening: Parameters<typeof failPlug>[1]): boolean {
  if (happening.kind !== 'host-failed') return false;
  const { domain, answer } = happening;
  const isIn = state === 'plugging' && answer.attached.some(({ vnicId }) => vnicId === plug?.vnic.id);
  return isIn || domain === 'unknown';
}

function giveBack(placement: Placement, problems: readonly Refusal[], now: string): Placement {
  return enterState(addProblems(placement, problems), 'releasing-unplugged', { now });
}

function problemsOf(
  { at, vmName, operation, plug }: Placement,
  happening: HappeningOf<'plug-refused' | 'never-told' | 'host-failed' | 'none-fits' | 'attach-refused' | 'overdue'>,
): readonly Refusal[] {
  const where = `${plug?.vnic.name} of ${vmName} on host ${at?.host.name}`;
  switch (happening.kind) {
    case 'plug-refused':
    case 'none-fits':
      return happening.refusals;
    case 'attach-refused':
      return [refusal('PLUGGING_FAILED', `${where}: its claim was released meanwhile.`)];
    case 'overdue':
      return [refusal('PLUGGING_FAILED', `${where}: the host did not answer in time.`)];
    case 'never-told':
      return [refusal('HOST_UNREACHABLE', `${where}: the agent of the host is not there.`)];
    case 'host-failed': {
      const { cause, remedy } = happening.failure;
      const isUnplug = operation?.kind === 'unplug' || happening.failure.code === 'GUEST_REFUSED_UNPLUG';
      return [refusal(isUnplug ? 'GUEST_REFUSED_UNPLUG' : 'PLUGGING_FAILED', `${where}: ${cause}`, remedy)];
    }
  }
}

function underWay({ vmName, operation, at, plug }: Placement): {
  operation: NonNullable<Placement['operation']>;
  here: OnHost;
  plug: PlacedVnic;
} {
  if (!operation || !at || !plug) throw new Error(`no vNIC of VM ${vmName} is being plugged`);
  return { operation, here: at, plug };
}
