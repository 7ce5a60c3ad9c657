import { VmStepEnded } from '@vfleet/contracts/host-agent-vms';
import type { Log } from '@vfleet/process/log';
import type { OfRun, StepOutcome } from './core/vm-record.ts';
import type { ShownDomain } from './domain-of-vm.ts';
import type { Teller } from './teller.ts';
import type { Cause, Voice } from './voice.ts';

/** Has the outcome of a step told. */
export type TellOutcome = (of: OfRun, outcome: StepOutcome, cause?: Cause) => void;

/**
 * Tells how a step ended, with what is there of the VM now and not as it was when the step ended: the same outcome may
 * be asked for long after.
 */
export function outcomeTelling({
  look,
  voice,
  teller,
  log,
}: {
  look: (vmId: string) => Promise<ShownDomain>;
  voice: Voice;
  teller: Pick<Teller, 'tell'>;
  log: Log;
}): TellOutcome {
  return (of, outcome, cause) => void tell(of, outcome, cause);

  async function tell({ step, placementId, attempt, vm }: OfRun, outcome: StepOutcome, cause?: Cause): Promise<void> {
    const ended = { ...voice.raise(), step, placementId, attempt, vmId: vm.id, outcome, ...(await look(vm.id)) };
    log.info({ vm, step, outcome, domain: ended.domain }, 'a step of a virtual machine ended');
    teller.tell(`${vm.id} ${step}`, () => voice.mention(VmStepEnded, ended, cause));
  }
}
