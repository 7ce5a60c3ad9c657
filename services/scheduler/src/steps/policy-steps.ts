import { BeginRun, EndRun, ResolveVnics } from '@vfleet/contracts/policy/runs';
import { type Asks, causeOf } from '../asks.ts';
import { isSameChoice } from '../core/choice.ts';
import type { Placement } from '../core/placement.ts';
import { runVmOf } from '../core/run-vm.ts';
import type { Step } from './step.ts';

/** What is asked of policy. */
export function policySteps({ ask }: Asks): Record<'begin-run' | 'end-run', Step> {
  /**
   * Ends the run that locks the VM for a former placement of it: a command of that one came late. There is one placement
   * of a VM at a time, so a lock that is not its own is over.
   */
  async function endFormerRun(placement: Placement): Promise<boolean> {
    const cause = causeOf(placement);
    const found = await ask(ResolveVnics, { vm: placement.vmId }, cause);
    const holder = found.ok ? found.reply.placementId : null;
    if (holder === null || holder === placement.placementId) return false;
    await ask(EndRun, { vm: placement.vmId, placementId: holder }, cause);
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
  };
}
