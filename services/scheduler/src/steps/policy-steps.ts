import { BeginRun, EndRun, ResolveVnics, SetPlugged } from '@vfleet/contracts/policy/runs';
import type { Documents } from '@vfleet/documents/documents';
import { type Asks, causeOf } from '../asks.ts';
import { isSameChoice } from '../core/choice.ts';
import type { Placement } from '../core/placement.ts';
import { runVmOf, withVnics } from '../core/run-vm.ts';
import type { Step } from './step.ts';

/** What is asked of policy. */
export function policySteps(
  { ask }: Asks,
  placements: Pick<Documents<Placement>, 'get'>,
): Record<'begin-run' | 'end-run' | 'set-plugged' | 'set-unplugged', Step> {
  /**
   * Ends the run that locks the VM for a former placement of it: a command of that one came late. There is one placement
   * of a VM at a time, put before it locks; so a lock that was seen before this one was found current is over.
   */
  async function endFormerRun(placement: Placement): Promise<boolean> {
    const { vmId: vm, placementId } = placement;
    const found = await ask(ResolveVnics, { vm }, causeOf(placement));
    const holder = found.ok ? found.reply.placementId : null;
    if (holder === null || holder === placementId) return false;
    const current = await placements.get(vm);
    if (current?.body.placementId !== placementId) return false;
    await ask(EndRun, { vm, placementId: holder }, causeOf(placement));
    return true;
  }

  return {
    'begin-run': async ({ placement, isFresh }) => {
      const { vmId: vm, placementId } = placement;
      const begin = () => ask(BeginRun, { vm, placementId }, causeOf(placement));
      let begun = await begin();
      if (!begun.ok && (await endFormerRun(placement))) begun = await begin();
      if (!begun.ok) return { kind: 'happened', happening: { kind: 'vm-refused', isFresh, refusals: begun.refusals } };
      const resolved = begun.reply;
      const now = runVmOf(resolved);
      if (placement.vm && !isSameChoice(placement.vm, now)) {
        return { kind: 'happened', happening: { kind: 'vm-changed', isFresh } };
      }
      return { kind: 'done', resolved, placement: { ...placement, vm: now } };
    },
    'end-run': async ({ placement }) => {
      const { vmId: vm, placementId } = placement;
      await ask(EndRun, { vm, placementId }, causeOf(placement));
      return { kind: 'done' };
    },
    'set-plugged': async ({ placement }) => {
      const { vmId: vm, placementId, plug } = placement;
      if (!plug) throw new Error(`no vNIC of VM ${placement.vmName} is being plugged`);
      const request = { vm, vnic: plug.vnic.id, placementId, plugged: true };
      const set = await ask(SetPlugged, request, causeOf(placement));
      if (!set.ok) return { kind: 'happened', happening: { kind: 'plug-refused', refusals: set.refusals } };
      const plugged = set.reply.vnics.filter(({ id }) => id === plug.vnic.id);
      return { kind: 'done', placement: { ...placement, vm: placement.vm && withVnics(placement.vm, plugged) } };
    },
    'set-unplugged': async ({ placement }) => {
      const { vmId: vm, placementId, plug, operation } = placement;
      if (!plug || operation?.kind === 'upgrade') return { kind: 'done' };
      // A vNIC that is not there any more, or a VM that does not run for this placement, has nothing to take back.
      await ask(SetPlugged, { vm, vnic: plug.vnic.id, placementId, plugged: false }, causeOf(placement));
      return { kind: 'done' };
    },
  };
}
