import { VfsCleaned } from '@vfleet/contracts/host-agent-vms';
import type { ClaimRef } from '@vfleet/contracts/vocabulary/claim';
import type { z } from 'zod';
import { judgeClean, planClean } from './core/plan-clean.ts';
import { cleanedFence, isOfBoot } from './core/vf-fence.ts';
import { explainAll, type VmFailureSeen } from './core/vm-failures.ts';
import { executeVfStep } from './execute-vf-step.ts';
import { faultOf } from './fault-of.ts';
import type { Guests } from './guests.ts';
import { inParallel } from './in-parallel.ts';
import { lookAtVfs } from './look-at-vm.ts';
import type { HostAgentSettings } from './settings.ts';
import type { Teller } from './teller.ts';
import type { VfHolds } from './vf-holds.ts';
import type { VfSurroundings } from './vm-walk.ts';
import type { Cause, Voice } from './voice.ts';

type Outcome = z.infer<typeof VfsCleaned.payload>['results'][number]['outcome'];

export type CleanerSurroundings = Omit<VfSurroundings, 'guests'> & {
  guests: Guests | null;
  holds: VfHolds;
  voice: Voice;
  teller: Pick<Teller, 'tell'>;
  settings: Pick<HostAgentSettings, 'bindMs'>;
};

const CLEAN: Outcome = { result: 'clean' };

/** Gives back the VFs of claims and tells what became of each. A claim that is being cleaned is waited for, not cleaned twice. */
export function vfCleaner(around: CleanerSurroundings): (claims: readonly ClaimRef[], cause: Cause) => Promise<void> {
  const { files, host, guests, holds, log, voice, teller, settings } = around;
  const underWay = new Map<string, Promise<Outcome>>();
  let messages = 0;

  return async (claims, cause) => {
    const message = ++messages;
    const results = await inParallel(claims, async (claim) => ({ ...claim, outcome: await cleanOnce(claim) }));
    const told = { ...voice.raise(), results };
    teller.tell(`cleaned ${message}`, () => voice.mention(VfsCleaned, told, cause));
  };

  function cleanOnce(claim: ClaimRef): Promise<Outcome> {
    const key = `${claim.claimId} ${claim.pciAddress} ${claim.fence}`;
    const cleaning =
      underWay.get(key) ??
      clean(claim)
        .catch((error: unknown) => dirty(claim, [faultOf(error)]))
        .finally(() => underWay.delete(key));
    underWay.set(key, cleaning);
    return cleaning;
  }

  async function clean(claim: ClaimRef): Promise<Outcome> {
    const vm = holds.vmAt(claim.pciAddress);
    if (vm !== null) return { result: 'held', by: `virtual machine ${vm}, for which it is being prepared` };
    return holds.hold([claim.pciAddress], 'cleaning', () => cleanHeld(claim));
  }

  async function cleanHeld(claim: ClaimRef): Promise<Outcome> {
    const machineBoot = await host.bootId();
    const kept = await files.fence(claim.pciAddress);
    const judged = judgeClean(claim, kept);
    if (judged === 'proven') return CLEAN;
    if (judged === 'record' || (guests === null && kept && !isOfBoot(kept, machineBoot))) {
      await files.keepFence(claim.pciAddress, cleanedFence(claim, machineBoot));
      return CLEAN;
    }
    if (guests === null) return dirty(claim, [{ kind: 'no-hypervisor' }]);
    const seen = (await lookAtVfs({ ...around, guests }, [claim.pciAddress])).vfs.get(claim.pciAddress);
    if (!seen) throw new Error(`${claim.pciAddress} was not looked at`);
    const plan = planClean(claim, seen, { machineBoot, limits: settings });
    if (plan.kind === 'held') return { result: 'held', by: plan.by };
    for (const step of plan.steps) {
      const failures = await executeVfStep(step, { ...around, guests });
      if (failures.length > 0) return dirty(claim, failures);
    }
    return CLEAN;
  }

  function dirty(claim: ClaimRef, failures: readonly VmFailureSeen[]): Outcome {
    log.warn({ claim, failures }, 'a virtual function could not be cleaned');
    return { result: 'dirty', failure: explainAll(failures) };
  }
}
